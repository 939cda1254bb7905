import {
  TOPICS,
  problem,
  type Command,
  type LabelRecord,
  type ModelEvent,
  type Problem,
} from '@hark/contracts';
import { ProblemError } from '@hark/service';
import type { LogReader, LogWriter } from '@hark/streaming';
import { logRefusal } from '../http/log-refusal.js';
import type { Asked } from './model-history.js';
import type { ModelVersions } from './model-versions.js';

/** How long somebody waits for the learner's answer. */
const ANSWER_LIMIT_MS = 10_000;

/** Idempotency keys that are remembered; the oldest are forgotten. */
const KEYS_KEPT = 10_000;
const READ_BYTES = 1 << 20;

type LearnerRequest = Command | LabelRecord;

interface Keyed {
  /** The request as it was stored. */
  readonly text: string;
  readonly offset: Promise<number>;
}

/**
 * Asks the learner through the log: stores a command or a label, and waits for the learner's answer in `models`. What
 * came from outside is on disk before anybody is told that it stands. A request with a key that was used before is
 * not stored again: it gets the answer of the first.
 */
export class LearnerRequests {
  private keys: Promise<Map<string, Keyed>> | null = null;

  constructor(
    private readonly log: LogReader,
    private readonly writer: LogWriter,
    private readonly models: ModelVersions,
  ) {}

  /**
   * @param key the caller's idempotency key.
   * @throws ProblemError 409 when the learner refuses, 422 when the key was used for another request, 503 when the
   * disk is full or the learner does not answer.
   */
  async ask(topic: Asked['topic'], request: LearnerRequest, key?: string): Promise<ModelEvent> {
    const offset =
      key === undefined ? await this.append(topic, request) : await this.once(topic, request, key);
    const event = await this.models.outcome({ topic, offset }, ANSWER_LIMIT_MS);
    if (event === null) {
      throw new ProblemError(
        problem(
          503,
          'learner_silent',
          'No answer from the learner',
          `The request stands in the log (${topic}/${offset}) and takes effect when the learner is back; repeat it with its Idempotency-Key only.`,
        ),
        { 'retry-after': '10' },
      );
    }
    if (event.kind === 'refused') throw new ProblemError(refused(event.code, event.message));
    return event;
  }

  /** The request that came with this key before, or null. */
  async before(topic: Asked['topic'], key: string): Promise<LearnerRequest | null> {
    const keyed = (await this.known()).get(nameOf(topic, key));
    return keyed === undefined ? null : (JSON.parse(keyed.text) as LearnerRequest);
  }

  private async once(topic: Asked['topic'], request: LearnerRequest, key: string): Promise<number> {
    const keys = await this.known();
    const name = nameOf(topic, key);
    const text = JSON.stringify({ ...request, key });
    const before = keys.get(name);
    if (before === undefined) {
      const offset = this.append(topic, { ...request, key });
      remember(keys, name, { text, offset });
      // What was not stored may be tried again.
      offset.catch(() => keys.delete(name));
      return offset;
    }
    if (before.text === text) return before.offset;
    throw new ProblemError(
      problem(
        422,
        'idempotency_key_reused',
        'Idempotency key reused',
        'This Idempotency-Key came with another request before; nothing has changed.',
      ),
    );
  }

  /** The keys so far; read from the log at the first need, and again when that went wrong. */
  private known(): Promise<Map<string, Keyed>> {
    this.keys ??= this.readKeys().catch((error: unknown) => {
      this.keys = null;
      throw error;
    });
    return this.keys;
  }

  /** The keys of what stands in the log already. */
  private async readKeys(): Promise<Map<string, Keyed>> {
    const keys = new Map<string, Keyed>();
    for (const topic of [TOPICS.commands, TOPICS.labels]) {
      for (let next = 0; ;) {
        const records = await this.log.read(topic, 0, next, READ_BYTES);
        if (records.length === 0) break;
        for (const { value, offset } of records) {
          const text = Buffer.from(value).toString('utf8');
          const key = keyOf(text);
          if (key !== null) remember(keys, nameOf(topic, key), { text, offset: Promise.resolve(offset) });
          next = offset + 1;
        }
      }
    }
    return keys;
  }

  private async append(topic: Asked['topic'], request: LearnerRequest & { key?: string }): Promise<number> {
    const value = new TextEncoder().encode(JSON.stringify(request));
    try {
      const { firstOffsets } = await this.writer.commit({
        appends: [{ topic, partition: 0, records: [{ key: '', value }] }],
      });
      await this.writer.durable();
      return firstOffsets[0];
    } catch (error) {
      throw logRefusal(error);
    }
  }
}

function nameOf(topic: Asked['topic'], key: string): string {
  return `${topic}/${key}`;
}

function remember(keys: Map<string, Keyed>, name: string, keyed: Keyed): void {
  keys.set(name, keyed);
  if (keys.size <= KEYS_KEPT) return;
  for (const oldest of keys.keys()) {
    keys.delete(oldest);
    break;
  }
}

function keyOf(text: string): string | null {
  try {
    const { key } = JSON.parse(text) as { key?: unknown };
    return typeof key === 'string' ? key : null;
  } catch {
    return null;
  }
}

function refused(code: string, detail: string): Problem {
  const status = code === 'unknown_label' ? 404 : 409;
  return problem(status, code, status === 404 ? 'Unknown label' : 'Refused', detail);
}
