/** No process works the partition at the moment: it is on its way to another. */
export class PartitionAwayError extends Error {
  readonly code = 'partition_away';
  constructor(readonly partition: number) {
    super(`partition ${partition} is moving to another process; send this again`);
  }
}
