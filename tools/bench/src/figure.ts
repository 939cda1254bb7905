/** One measured figure; `ratio` is against a reference measured in the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio?: number;
  readonly reference?: string;
}
