import {
  SampleBatchBuilder,
  TOPICS,
  decodeSamplesRecord,
  encodeSamplesRecord,
  type AlertRuleRecord,
} from '@hark/contracts';

/** What a record is replaced by where nothing of it may stay: no value, so that those behind it keep their offsets. */
export const ERASED = new Uint8Array(0);

const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder() };

/** Topics whose records are taken over one by one, each without what it says of the user. */
export const KEPT_TOPICS: Readonly<Record<string, (value: Uint8Array, user: string) => Uint8Array>> = {
  [TOPICS.samples]: samplesWithout,
  [TOPICS.deadLetter]: deadLetterWithout,
  [TOPICS.ingestSettings]: (value) => value,
  [TOPICS.learnerSettings]: (value) => value,
  [TOPICS.commands]: forgetless,
  [TOPICS.labels]: mentionless,
  [TOPICS.observations]: mentionless,
  [TOPICS.announcements]: mentionless,
  [TOPICS.rules]: ruleWithout,
  [TOPICS.deliveries]: (value) => value,
  [TOPICS.reportCommands]: mentionless,
};

/** A record of `samples` without the rows and the ticks of the user's devices; itself where it has none. */
export function samplesWithout(value: Uint8Array, user: string): Uint8Array {
  const { batch, tick, receivedMs, producer, sequence } = decodeSamplesRecord(value);
  const isTheirs = (id: { readonly user: string }): boolean => id.user === user;
  if (tick !== undefined) {
    if (!tick.some(isTheirs)) return value;
    const rest = tick.filter((id) => !isTheirs(id));
    return rest.length === 0 ? ERASED : encodeSamplesRecord({ tick: rest, receivedMs });
  }
  if (batch === undefined || !batch.streams.some(isTheirs)) return value;
  const rest = new SampleBatchBuilder(Math.max(1, batch.rows));
  for (let i = 0; i < batch.rows; i++) if (!isTheirs(batch.streams[batch.stream[i]])) rest.pushRow(batch, i);
  if (rest.rows === 0) return ERASED;
  const origin = producer === undefined ? {} : { producer, sequence };
  return encodeSamplesRecord({ batch: rest.take(), receivedMs, ...origin });
}

/** A refused row may name anybody in any form: it goes when the user's name stands in it as a word. */
function deadLetterWithout(value: Uint8Array, user: string): Uint8Array {
  return wordsOf(utf8.decoder.decode(value)).has(user) || hasWord(utf8.decoder.decode(value), user)
    ? ERASED
    : value;
}

/** Windows have other offsets afterwards: those that are to be forgotten are told of anew. */
function forgetless(value: Uint8Array): Uint8Array {
  return (jsonOf(value) as { kind?: unknown } | null | undefined)?.kind === 'forget' ? ERASED : value;
}

/** A JSON record that names the user, as a value or at the beginning of a window's id, goes. */
function mentionless(value: Uint8Array, user: string): Uint8Array {
  const record = jsonOf(value);
  return record === undefined || !mentions(record, user) ? value : ERASED;
}

/** A rule about several users stays for the others. */
function ruleWithout(value: Uint8Array, user: string): Uint8Array {
  const record = jsonOf(value) as AlertRuleRecord | undefined;
  if (record?.kind !== 'rule' || record.rule.users?.includes(user) !== true) return mentionless(value, user);
  const users = record.rule.users.filter((each) => each !== user);
  if (users.length === 0) return ERASED;
  return utf8.encoder.encode(JSON.stringify({ ...record, rule: { ...record.rule, users } }));
}

/** Whether a value, or any within it, is the user's name or an id that begins with it. */
export function mentions(value: unknown, user: string): boolean {
  if (typeof value === 'string') {
    return value === user || value.startsWith(`${idPart(user)}/`) || value.startsWith(`${user}\u0000`);
  }
  if (typeof value !== 'object' || value === null) return false;
  // An array's places are no names.
  if (Array.isArray(value)) return value.some((each) => mentions(each, user));
  return Object.entries(value).some(([key, each]) => key === user || mentions(each, user));
}

function idPart(user: string): string {
  return user.replaceAll('%', '%25').replaceAll('/', '%2F');
}

function wordsOf(text: string): Set<string> {
  return new Set(text.split(/[^\p{L}\p{N}_-]+/u));
}

/** For names that are no single word. */
function hasWord(text: string, user: string): boolean {
  return /[^\p{L}\p{N}_-]/u.test(user) && text.includes(JSON.stringify(user).slice(1, -1));
}

function jsonOf(value: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decoder.decode(value));
  } catch {
    return undefined;
  }
}
