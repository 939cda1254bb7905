import {
  TOPICS,
  decodeSamplesRecord,
  decodeWindowRecord,
  type ModelEvent,
  type Prediction,
  type SampleBatch,
} from '@hark/contracts';
import { MemoryArtifactStore, type LogRecord, type Outputs, type Processor } from '@hark/streaming';
import { LEARNER_INPUTS, digest, newLearner, newWindower, type SimulatedIngest } from './simulated-apps.js';
import type { SentBatch } from './simulated-clients.js';
import type { SimulatedWorld } from './simulated-world.js';

const TEXT = new TextDecoder();

/** A promise that did not hold. */
export class BrokenInvariant extends Error {}

/** Checks what must hold at the end of any simulation; the numbers are those of docs/reliability.md. */
export async function checkInvariants(world: SimulatedWorld, ingest: SimulatedIngest): Promise<void> {
  const samples = await all(world, TOPICS.samples);
  checkBooks(world, samples);
  await checkWindows(world, ingest, samples);
  await checkPredictions(world);
}

/** I1, I2: what was acknowledged is there once, what was refused is not, what is unknown is there at most once. */
function checkBooks(world: SimulatedWorld, samples: readonly LogRecord[]): void {
  const stored = samples.map(({ value }) => decodeSamplesRecord(value)).filter(({ batch }) => batch);
  const numbers = counted(stored.flatMap((r) => (r.producer ? [`${r.producer}#${r.sequence}`] : [])));
  for (const { id, outcome } of world.numbered) {
    const times = numbers.get(id) ?? 0;
    if (outcome === 'acknowledged' ? times !== 1 : times > 1)
      fail('I1', `${id}, ${outcome}, is there ${times} times`);
  }
  const marks = counted(stored.flatMap((r) => (r.producer ? [] : [mark(r.batch)])));
  const sent = (outcome: SentBatch['outcome']) => counted(singles(world, outcome));
  for (const [of, least] of sent('acknowledged'))
    if ((marks.get(of) ?? 0) < least) fail('I1', `an acknowledged batch is missing: ${of}`);
  const [known, unknown] = [sent('acknowledged'), sent('unknown')];
  for (const [of, times] of marks)
    if (times > (known.get(of) ?? 0) + (unknown.get(of) ?? 0)) fail('I2', `${of} is there ${times} times`);
}

const singles = (world: SimulatedWorld, outcome: SentBatch['outcome']) =>
  world.singles.filter((sent) => sent.outcome === outcome).map(({ batch }) => mark(batch));

/** The rows' own numbers: what a batch is known by. */
const mark = (batch: SampleBatch | undefined) => [...(batch?.x ?? [])].map((x) => 1024 * x).join();

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** I1, I3, I6, I8 of windows: executed anew from the samples alone, every byte comes out again. */
async function checkWindows(
  world: SimulatedWorld,
  ingest: SimulatedIngest,
  samples: readonly LogRecord[],
): Promise<void> {
  const windower = newWindower();
  const outputs = new ReExecution();
  const watermarks = new Map<string, number>();
  let accepted = 0;
  for (const record of samples) {
    windower.process(TOPICS.samples, 0, record, outputs);
    accepted += decodeSamplesRecord(record.value).batch?.rows ?? 0;
    for (const { user, device, watermarkMs } of windower.status()) {
      const before = watermarks.get(`${user}/${device}`) ?? -Infinity;
      if (watermarkMs < before) fail('I6', `the watermark of ${user}/${device} went back`);
      watermarks.set(`${user}/${device}`, watermarkMs);
    }
  }
  await compare(world, TOPICS.windows, outputs);
  same('I8', 'the state of the windower', windower.snapshot(), ingest.windower.snapshot());
  let kept = 0;
  for (const device of windower.status())
    kept += device.windowed + device.duplicates + device.late + device.quarantined + device.open;
  if (kept !== accepted) fail('I1', `${accepted} rows accepted, ${kept} accounted for`);
  const final = (await all(world, TOPICS.windows)).map(({ value }) => decodeWindowRecord(value));
  const ids = final.filter((window) => window.final).map((w) => `${w.user}/${w.device}@${w.startMs}`);
  for (const [id, times] of counted(ids)) if (times > 1) fail('I3', `${id} was made final ${times} times`);
}

/** I3, I4, I8 of predictions and versions: executed anew in the order of the journal. */
async function checkPredictions(world: SimulatedWorld): Promise<void> {
  const artifacts = new MemoryArtifactStore();
  const outputs = new ReExecution((name, bytes) => void artifacts.write(name, bytes));
  const learner = newLearner(world.log, artifacts);
  for (const step of await world.log.steps('learner', 'learner', 0, Infinity)) {
    for (const { topic, from, to } of step)
      await take(learner, topic, (await all(world, topic)).slice(from, to), outputs);
  }
  for (const topic of [TOPICS.predictions, TOPICS.alerts, TOPICS.models])
    await compare(world, topic, outputs);
  const predictions = await parsed<Prediction>(world, TOPICS.predictions);
  const ids = predictions.filter(({ final }) => final).map(({ id }) => id);
  for (const [id, times] of counted(ids)) if (times > 1) fail('I3', `${times} final predictions of ${id}`);
  const windows = (await all(world, TOPICS.windows)).map(({ value }) => decodeWindowRecord(value));
  if (predictions.length !== windows.length)
    fail('I1', `${windows.length} windows, ${predictions.length} predictions`);
  for (const event of await parsed<ModelEvent>(world, TOPICS.models)) {
    if (event.kind !== 'created') continue;
    const state = artifacts.read(`versions/${event.manifest.version}`) ?? null;
    if (state !== null && digest(state) !== event.manifest.digest)
      fail('I4', `version ${event.manifest.version} is not what its manifest says`);
  }
  for (const name of world.artifacts.names) {
    const again = artifacts.read(name);
    if (again !== null) same('I4', name, again, world.artifacts.read(name));
  }
}

async function take(
  processor: Processor,
  topic: string,
  records: readonly LogRecord[],
  outputs: Outputs,
): Promise<void> {
  if (!LEARNER_INPUTS.some((input) => input.topic === topic))
    fail('I8', `${topic} is no input of the learner`);
  for (const record of records) processor.process(topic, 0, record, outputs);
}

/** What a processor says when it is executed anew, by topic. */
class ReExecution implements Outputs {
  readonly suppressed = false;
  readonly said = new Map<string, Uint8Array[]>();

  constructor(readonly artifact: Outputs['artifact'] = () => undefined) {}

  emit(topic: string, _key: string, value: Uint8Array): void {
    this.said.set(topic, [...(this.said.get(topic) ?? []), value]);
  }

  discard(): void {}
}

async function compare(world: SimulatedWorld, topic: string, outputs: ReExecution): Promise<void> {
  const stored = await all(world, topic);
  const again = outputs.said.get(topic) ?? [];
  if (stored.length !== again.length)
    fail('I8', `${topic} holds ${stored.length} records, executed anew it has ${again.length}`);
  stored.forEach(({ value }, i) => same('I8', `${topic}/${i}`, again[i], value));
}

function same(invariant: string, what: string, a: Uint8Array, b: Uint8Array | null): void {
  if (b === null || Buffer.compare(a, b) !== 0) fail(invariant, `${what} does not come out again`);
}

async function all(world: SimulatedWorld, topic: string): Promise<readonly LogRecord[]> {
  return (await world.log.end(topic, 0)) === 0 ? [] : world.log.read(topic, 0, 0, Infinity);
}

async function parsed<T>(world: SimulatedWorld, topic: string): Promise<T[]> {
  return (await all(world, topic)).map(({ value }) => JSON.parse(TEXT.decode(value)) as T);
}

function fail(invariant: string, what: string): never {
  throw new BrokenInvariant(`${invariant}: ${what}`);
}
