/** Where a query's rows come from: a topic of the service, rows made up at a rate, files that appear, a Kafka topic. */
export type SourceSpec = 'samples' | 'windows' | 'predictions' | RateSource | FilesSource | KafkaSource;

/** Rows `timestamp`, `value` = 0, 1, 2 …, for trying things out. */
export interface RateSource {
  readonly rate: {
    readonly rowsPerSecond: number;
    /** Taken and without effect: a report reads in one place. */
    readonly numPartitions?: number;
  };
}

/** Files that appear atomically in a folder, each read once, the oldest first. */
export interface FilesSource {
  readonly files: {
    /** Folder under `HARK_REPORTS_FILES_DIR`. */
    readonly path: string;
    /** CSV with a header line, JSON lines (`json` and `jsonl` are the same), or Parquet. */
    readonly format: 'csv' | 'json' | 'jsonl' | 'parquet';
    readonly columns: readonly ColumnSpec[];
    readonly maxFilesPerTrigger?: number;
  };
}

/** Messages of JSON objects. */
export interface KafkaSource {
  readonly kafka: {
    readonly topic: string;
    /** Default: the brokers that the service itself uses. */
    readonly brokers?: readonly string[];
    readonly columns: readonly ColumnSpec[];
  };
}

export const COLUMN_TYPES = ['string', 'double', 'long', 'timestamp', 'boolean'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
}

/** `Infinity` and `NaN` have no JSON. A timestamp is written as ISO 8601 or as decimal nanoseconds. */
export type Literal = string | number | boolean | null;

/** `{ column: 'gt', op: 'like', value: '%stairs%' }` */
export interface Predicate {
  readonly column: string;
  /** One of `=`, `!=`, `<`, `<=`, `>`, `>=`, `like`, `not like`, `in`, `not in`, `is null`, `is not null`. */
  readonly op: string;
  /** A list for `in` and `not in`; absent for `is null` and `is not null`. */
  readonly value?: Literal | readonly Literal[];
}

/** An expression in the notation of `docs/reports.md`: `gt like '%stairs%' and sqrt(x * x + y * y) > 2`. */
export type ExpressionText = string;

/** All of a list must hold. */
export type Where = ExpressionText | readonly (Predicate | ExpressionText)[];

/** A column kept under its name, or an expression under a name of its own. */
export type Selected = string | { readonly expr: ExpressionText; readonly as: string };

/** `delay`: a duration, e.g. `30 minutes`. */
export interface WatermarkSpec {
  readonly column: string;
  readonly delay: string;
}

/** A join with a table that stands still. */
export interface StaticJoinSpec {
  /** Name of the table. */
  readonly static: string;
  /** Columns of the same name on both sides. */
  readonly on: readonly string[];
  /** `left`: a row without a match is kept, with nulls. Default `inner`. */
  readonly type?: 'inner' | 'left';
}

/** A join with a second stream, e.g. the gyroscope of the accelerometer's device. */
export interface StreamJoinSpec {
  readonly stream: {
    readonly from: SourceSpec;
    readonly where?: Where;
    readonly withWatermark?: WatermarkSpec;
    /** The second stream's columns are named `<as>.<column>`. */
    readonly as: string;
  };
  /** Columns of the same name on both sides. */
  readonly on: readonly string[];
  /** The second stream's event time less the first's: from −`before` to `after`, both included. Durations. */
  readonly within: { readonly before: string; readonly after: string };
  readonly type?: 'inner' | 'left';
}

/** `slide` = `size` unless given. Windows start at multiples of `slide` since 1970, plus `offset`. */
export interface SlidingWindowSpec {
  readonly size: string;
  readonly slide?: string;
  readonly offset?: string;
}

/** A session ends when nothing has come for `gap`. */
export interface SessionWindowSpec {
  readonly session: string;
}

/** At most one of `cube` and `rollup`. */
export interface GroupBySpec {
  readonly window?: SlidingWindowSpec | SessionWindowSpec;
  readonly columns?: readonly string[];
  /** Every subset of these columns is a grouping of its own. */
  readonly cube?: readonly string[];
  /** Every prefix of these columns is a grouping of its own. */
  readonly rollup?: readonly string[];
}

export interface AggregateSpec {
  /**
   * One of `count`, `sum`, `avg`, `min`, `max`, `stddev`, `approx_count_distinct`, `approx_quantile`.
   */
  readonly fn: string;
  /** What is aggregated: a column, or an expression. `count` alone may have neither. */
  readonly column?: string;
  readonly expr?: ExpressionText;
  /** Name of the result; default `fn(column)`, and `count` for a bare count. */
  readonly as?: string;
  /** Of `approx_quantile`: 0 to 1. */
  readonly q?: number;
}

export interface OrderSpec {
  readonly column: string;
  readonly descending?: boolean;
}

export type OutputMode = 'append' | 'update' | 'complete';

/** A continuous query without what surrounds it. The parts apply in the order in which they stand here. */
export interface QuerySpec {
  readonly from: SourceSpec;
  readonly withWatermark?: WatermarkSpec;
  readonly where?: Where;
  readonly dropDuplicates?: readonly string[];
  readonly join?: StaticJoinSpec | StreamJoinSpec;
  /** Without aggregation: the columns that go out. Under aggregation: computed before it, for it to use. */
  readonly select?: readonly Selected[];
  readonly groupBy?: GroupBySpec;
  /** Default under `groupBy`: one `count`. */
  readonly aggregate?: readonly AggregateSpec[];
  /** On the result of the aggregation. */
  readonly having?: Where;
  readonly orderBy?: readonly OrderSpec[];
  readonly limit?: number;
  /** Default `append`. */
  readonly outputMode?: OutputMode;
}

/** When a micro-batch is made. `null` = as fast as possible. */
export type TriggerSpec =
  | { readonly processingTime: string }
  | { readonly once: true }
  | { readonly availableNow: true }
  | { readonly continuous: string }
  | null;

export type SinkSpec =
  | { readonly type: 'memory'; readonly maxRows?: number }
  | { readonly type: 'console' }
  | FilesSinkSpec<'file'>
  | FilesSinkSpec<'parquet'>
  | { readonly type: 'kafka'; readonly topic: string; readonly brokers?: readonly string[] }
  | { readonly type: 'webhook'; readonly url: string };

/** JSON lines (`file`) or Parquet: a folder for each micro-batch. */
export interface FilesSinkSpec<Type extends 'file' | 'parquet'> {
  readonly type: Type;
  /** Folder under `HARK_DATA/reports`; default the report's name. */
  readonly path?: string;
  /** Columns; `day` is the UTC date of the first timestamp, where there is no column of that name. */
  readonly partitionBy?: readonly string[];
}

/** A report: a query with a name, run by a trigger into a sink. The body of `POST /v1/reports`. */
export interface ReportSpec extends QuerySpec {
  readonly name: string;
  readonly trigger?: TriggerSpec;
  /** Default `{ type: 'memory' }`. */
  readonly sink?: SinkSpec;
}
