import type { AggregateSpec, ReportSpec } from '@hark/contracts';

/** The table of recorded averages that `device_model_stats_joined` looks up. */
export const HISTORICAL = 'historicalAgg';

const trigger = { processingTime: '5 seconds' } as const;
const everyFewSeconds = { from: 'samples', trigger, outputMode: 'update' } as const;

/** Averages of two sensors mixed say nothing. */
const accelerometer = [{ column: 'Sensor', op: '=', value: 'accelerometer' }];
const averages: AggregateSpec[] = [
  { fn: 'count' },
  ...['x', 'y', 'z'].map((column) => ({ fn: 'avg', column, as: `avg_${column}` })),
];

/** The queries that come with the service and run unless told otherwise. */
export const BUILT_IN_REPORTS: readonly ReportSpec[] = [
  {
    name: 'activity_counts_10m',
    ...everyFewSeconds,
    groupBy: { window: { size: '10 minutes' } },
    aggregate: [{ fn: 'count' }],
  },
  {
    name: 'activity_counts_10m_by_user',
    ...everyFewSeconds,
    groupBy: { window: { size: '10 minutes' }, columns: ['User'] },
    aggregate: [{ fn: 'count' }],
  },
  {
    name: 'activity_counts_10m_sliding_5m',
    ...everyFewSeconds,
    groupBy: { window: { size: '10 minutes', slide: '5 minutes' } },
    aggregate: [{ fn: 'count' }],
  },
  {
    name: 'device_model_stats',
    ...everyFewSeconds,
    where: accelerometer,
    groupBy: { cube: ['gt', 'Model'] },
    aggregate: averages,
  },
  {
    name: 'device_model_stats_joined',
    ...everyFewSeconds,
    where: accelerometer,
    join: { static: HISTORICAL, on: ['gt', 'Model'], type: 'left' },
    groupBy: { columns: ['gt', 'Model'] },
    aggregate: [
      ...averages,
      ...['x', 'y', 'z'].map((axis) => ({
        fn: 'max',
        column: `historical_${axis}`,
        as: `historical_${axis}`,
      })),
    ],
  },
  {
    name: 'distinct_counts',
    ...everyFewSeconds,
    withWatermark: { column: 'event_time', delay: '5 seconds' },
    dropDuplicates: ['User', 'event_time'],
    groupBy: { columns: ['User'] },
    aggregate: [{ fn: 'count' }],
  },
  {
    name: 'stairs',
    from: 'samples',
    trigger,
    where: [{ column: 'gt', op: 'like', value: '%stairs%' }],
    select: ['gt', 'Model', 'Arrival_Time', 'Creation_Time'],
    outputMode: 'append',
    sink: { type: 'memory', maxRows: 100 },
  },
];

/** @param setting `builtin`, `none`, or names separated by commas. @returns null where a name is none of theirs. */
export function builtInReports(setting: string): readonly ReportSpec[] | null {
  if (setting === 'builtin') return BUILT_IN_REPORTS;
  if (setting === 'none') return [];
  const names = setting.split(',').map((name) => name.trim());
  const found = BUILT_IN_REPORTS.filter(({ name }) => names.includes(name));
  return found.length === new Set(names).size ? found : null;
}
