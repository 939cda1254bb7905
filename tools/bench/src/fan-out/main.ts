import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { leaveNothingBehind } from '../apps/started-processes.js';
import { FAN_OUT, fanOut } from './fan-out.js';

/** The fan-out by itself, its figures as JSON lines: `node tools/bench/dist/main.js fan-out --seconds 10`. */
const { values } = parseArgs({
  args: process.argv.slice(2).filter((each) => each !== 'fan-out'),
  options: {
    subscribers: { type: 'string' },
    rate: { type: 'string' },
    seconds: { type: 'string' },
    stalled: { type: 'string' },
  },
});
const option = (name: keyof typeof FAN_OUT): number => Number(values[name] ?? FAN_OUT[name]);
const folder = mkdtempSync(join(tmpdir(), 'hark-fan-out-'));
leaveNothingBehind(folder);
try {
  const options = {
    subscribers: option('subscribers'),
    rate: option('rate'),
    seconds: option('seconds'),
    stalled: option('stalled'),
  };
  for (const figure of await fanOut(options, folder)) process.stdout.write(`${JSON.stringify(figure)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
