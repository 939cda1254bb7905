/** A query that can't be run as it is written. */
export class QuerySpecError extends Error {
  readonly code = 'query_spec';

  /**
   * @param field which part of the spec, e.g. `groupBy.window.size` or `where[0].column`.
   * @param rule stable name of the rule that it breaks, e.g. `unknown_column` or `append_needs_watermark`.
   */
  constructor(
    readonly field: string,
    readonly rule: string,
    message: string,
  ) {
    super(message);
  }
}
