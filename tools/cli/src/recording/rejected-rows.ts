import type { Terminal } from '../terminal/terminal.js';
import type { RejectedRow } from './lane.js';

/** How many are named one by one. */
const NAMED = 20;

/** Names the first rows that were refused, by file and row, and counts the others. */
export class RejectedRows {
  private count = 0;

  constructor(private readonly terminal: Terminal) {}

  readonly add = ({ file, row, code, message }: RejectedRow): void => {
    this.count++;
    if (this.count <= NAMED) this.terminal.log(`${file} row ${row}: ${code}: ${message}`);
    if (this.count === NAMED + 1) this.terminal.log('… more rows were refused, they are counted');
  };
}
