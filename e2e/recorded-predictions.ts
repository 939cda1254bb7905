import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hark, type WirePrediction } from './harness.js';

/** A simulated recording, and what an evaluation without any log says of it: the predictions that have to come out. */
export interface RecordedPredictions {
  readonly recording: string;
  readonly expected: readonly WirePrediction[];
  readonly remove: () => void;
}

export async function recordedPredictions(
  minutes: number,
  seed: number,
  users = 4,
  devices = 6,
): Promise<RecordedPredictions> {
  const folder = mkdtempSync(join(tmpdir(), 'hark-e2e-recorded-'));
  const recording = join(folder, 'rec');
  await succeeds([
    ...['simulate', '--users', String(users), '--devices', String(devices)],
    ...['--minutes', String(minutes), '--speed', 'max'],
    ...['--seed', String(seed), '--faults', 'late,dup,skew', '--out', recording],
  ]);
  return {
    recording,
    expected: await evaluatedPredictions(recording, join(folder, 'predictions.ndjson')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What an evaluation without any log says of a recording. @param out where it writes that. */
export async function evaluatedPredictions(recording: string, out: string): Promise<WirePrediction[]> {
  await succeeds(['evaluate', recording, '--predictions', out]);
  const lines = readFileSync(out, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as WirePrediction);
}

type Answer = Pick<
  WirePrediction,
  'id' | 'modelVersion' | 'activity' | 'probabilities' | 'label' | 'samples'
>;

/** What has to be the same, to the bit. */
export const answer = (p: Answer) => [p.id, p.modelVersion, p.activity, p.probabilities, p.label, p.samples];

async function succeeds(args: readonly string[]): Promise<void> {
  const { code, stderr } = await hark(args);
  if (code !== 0) throw new Error(`hark ${args[0]} ended with ${code}: ${stderr}`);
}
