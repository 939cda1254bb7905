import { closeSync, openSync, writeSync } from 'node:fs';
import type { Terminal } from '../terminal/terminal.js';
import type { RejectedRow } from './lane.js';

/** How many are named one by one. */
const NAMED = 20;

/** Names the first rows that were refused, by file and row, and counts the others; or writes all to a file. */
export class RejectedRows {
  private count = 0;
  private readonly file: number | null;

  /** @param path of a file that gets every refused row as a line of JSON, replaced when it is there. */
  constructor(
    private readonly terminal: Terminal,
    private readonly path?: string,
  ) {
    this.file = path === undefined ? null : openSync(path, 'w');
  }

  readonly add = (rejected: RejectedRow): void => {
    const { file, row, code, message } = rejected;
    this.count++;
    if (this.file !== null) writeSync(this.file, `${JSON.stringify(rejected)}\n`);
    if (this.count <= NAMED) this.terminal.log(`${file} row ${row}: ${code}: ${message}`);
    if (this.count === NAMED + 1) {
      this.terminal.log(
        this.path === undefined
          ? '… more rows were refused; --rejected FILE names them all'
          : `… more rows were refused; all are named in ${this.path}`,
      );
    }
  };

  close(): void {
    if (this.file !== null) closeSync(this.file);
  }
}
