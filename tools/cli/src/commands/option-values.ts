import { SENSORS, type Sensor } from '@hark/contracts';
import { InvalidArgumentError } from 'commander';

/** Parsers of option values; commander shows their message with the option's name. */

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`Give a whole number, ${range}.`);
  };
}

export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Give a number above 0.');
}

export function notNegative(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Give a number, 0 or more.');
}

/** A multiple of real time, or as fast as it goes. */
export function speed(text: string): number | 'max' {
  if (text === 'max') return 'max';
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Give max, or a number above 0: 1 is real time.');
}

export function sensor(text: string): Sensor {
  const found = SENSORS.find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Give ${SENSORS.join(' or ')}.`);
}

export function commaList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `v37` or `37`. */
export function version(text: string): number {
  const match = /^v?(\d{1,9})$/.exec(text);
  if (match !== null) return Number(match[1]);
  throw new InvalidArgumentError('Give a version, such as v37.');
}

/** As {@link version}, or what a version is at the time; as it stands in a path. */
export function namedVersion(text: string): string {
  if (/^(current|previous|challenger)$/.test(text)) return text;
  const match = /^v?(\d{1,9})$/.exec(text);
  if (match !== null) return match[1];
  throw new InvalidArgumentError('Give a version, such as v37, or current, previous or challenger.');
}

export function httpUrl(text: string): string {
  try {
    const url = new URL(text);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url.href.replace(/\/$/, '');
  } catch {
    // Falls through to the message.
  }
  throw new InvalidArgumentError('Give a URL such as http://127.0.0.1:3001.');
}
