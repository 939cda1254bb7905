/** A place in a channel: the last message dealt with. */
export interface Cursor {
  readonly epoch: string;
  readonly offset: number;
}
