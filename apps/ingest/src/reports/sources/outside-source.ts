/** A record of `report-sources`, and what the source knows once it stands there. */
export interface OutsidePiece {
  readonly value: Uint8Array;
  /** JSON. */
  readonly state: object;
}

/** Rows from outside the log, in the order in which they are to stand there. */
export interface OutsideSource {
  /** Whether a trigger may begin; asked now and then until it may. Absent = always. */
  readonly isReady?: boolean;
  /** What it waits for, told to the operator; null = nothing. Absent = never anything. */
  readonly waitsFor?: string | null;
  /** A trigger begins: what there is now is what it takes. */
  begin(): Promise<void>;
  /** The next piece of it; null where the trigger has all. A piece that was given has been recorded when this is called. */
  next(): Promise<OutsidePiece | null>;
}
