import type { DriftInput } from './drift-detector.js';

const EXPECTED: Readonly<Record<DriftInput, string>> = {
  number: 'a finite number',
  proportion: 'a number from 0 to 1',
  bit: '0 or 1',
};

/** A value that a drift detector can't take. */
export class DriftValueError extends Error {
  readonly code = 'drift_value';
  constructor(
    readonly detector: string,
    readonly value: number,
    input: DriftInput,
  ) {
    super(`${detector} takes ${EXPECTED[input]}, not ${value}`);
  }
}

/** @throws DriftValueError when `value` is not of the detector's input. */
export function checkDriftValue(
  { name, input }: { readonly name: string; readonly input: DriftInput },
  value: number,
): void {
  const fits =
    input === 'number'
      ? Number.isFinite(value)
      : input === 'bit'
        ? value === 0 || value === 1
        : value >= 0 && value <= 1;
  if (!fits) throw new DriftValueError(name, value, input);
}
