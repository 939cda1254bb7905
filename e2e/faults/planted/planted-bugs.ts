/** A fault put into the code by hand, and the tests that must then fail. */
export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  /** Occurs once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly caughtBy: string;
  /** The tests run the built apps. */
  readonly built?: true;
}

const SIMULATION = 'e2e/faults/simulation.test.ts';

/** Faults of the kinds that systems like this one have had. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'samples are acknowledged before they are on disk',
    file: 'apps/ingest/src/front-door/front-door.ts',
    find: '    await this.options.writer.durable();\n    return receipt;',
    replace: '    return receipt;',
    caughtBy: 'apps/ingest/src/front-door/front-door.test.ts',
  },
  {
    name: 'positions are committed before the outputs',
    file: 'libs/streaming/src/runner/runner.ts',
    find: 'await this.commitWithState(step.commit, step.state, signal);',
    replace:
      'await this.commitWithState({ ...step.commit, appends: [] }, step.state, signal);\n' +
      '    await this.options.writer.commit({ appends: step.commit.appends });',
    caughtBy: SIMULATION,
  },
  {
    name: 'the numbers of batches are forgotten at a restart',
    file: 'apps/ingest/src/front-door/front-door.ts',
    find: 'Producers.of(state.producers)',
    replace: 'Producers.of([])',
    caughtBy: SIMULATION,
  },
  {
    name: 'the samples that duplicates are told by are forgotten at a restart',
    file: 'libs/streaming/src/windows/sensor-buffer.ts',
    find: 'this.readLabels(reader);',
    replace: 'this.readLabels(reader);\n    this.tail = 0;',
    caughtBy: SIMULATION,
  },
  {
    name: 'one watermark for all devices',
    file: 'libs/streaming/src/windows/windower.ts',
    find: "if (this.options.watermark === 'device')",
    replace: 'if (!this.options.watermark)',
    caughtBy: 'libs/streaming/src/windows/windower.test.ts',
  },
  {
    name: 'the checksum of a stored record is not looked at',
    file: 'libs/streaming/src/adapters/lmdb/checked-value.ts',
    find: 'return crc32(key, crc32(payload)) === value.readUInt32LE(1) ? payload : null;',
    replace: 'return crc32(key, crc32(payload)) >= 0 ? payload : null;',
    caughtBy: 'libs/streaming/src/adapters/lmdb',
  },
  {
    name: 'nanoseconds as JavaScript numbers',
    file: 'libs/contracts/src/event-time.ts',
    find: 'if (DECIMAL.test(text)) return fromNanoseconds(BigInt(text));',
    replace: 'if (DECIMAL.test(text)) return fromNanoseconds(BigInt(Number(text)));',
    caughtBy: 'libs/contracts/src/event-time.test.ts',
  },
  {
    name: 'messages go to everybody',
    file: 'apps/gateway/src/live/channel.ts',
    find: 'const users = scope.narrow(payload.users);',
    replace: 'const users = payload.users;',
    caughtBy: 'apps/gateway/src/live',
  },
  {
    name: 'the version rolled back to is not stored',
    file: 'models/src/learner/model-line.ts',
    find: 'state.bytes(this.state()).f64(this.activeVersion)',
    replace: 'state.bytes(this.state()).f64(this.highest)',
    caughtBy: 'models/src/learner/learner.test.ts',
  },
  {
    name: 'a failed write is tried again and again',
    file: 'libs/streaming/src/adapters/lmdb/lmdb-writer.ts',
    find: 'if (attempt > 1 || !isInputOutputError(cause)) throw this.diskError(cause);',
    replace: '',
    caughtBy: 'e2e/faults/disk.test.ts',
    built: true,
  },
  {
    name: 'a process that was taken over goes on writing',
    file: 'libs/streaming/src/log/memory-log.ts',
    find: 'if (!current()) throw new FencedError(name);',
    replace: '',
    caughtBy: SIMULATION,
  },
  {
    name: 'a version’s file has the name of its number alone',
    file: 'models/src/learner/version-shelf.ts',
    find: 'return `models/v${version}-${digest.slice(0, 16)}.state`;',
    replace: 'return `models/v${version}-${digest.slice(0, 0)}.state`;',
    caughtBy: SIMULATION,
  },
  {
    name: 'what is too old is trimmed though somebody needs it',
    file: 'libs/service/src/retention/retention.ts',
    find: 'return { to: Math.min(cut, ...needs.values()), heldBackBy };',
    replace: 'return { to: cut, heldBackBy };',
    caughtBy: 'libs/service/src/retention/retention.test.ts',
  },
  {
    name: 'a damaged state is taken for none',
    file: 'libs/streaming/src/adapters/lmdb/stored-twice.ts',
    find: "if (payload === null) return 'damaged';",
    replace: 'if (payload === null) return null;',
    caughtBy: 'libs/streaming/src/adapters/lmdb/damaged-state.test.ts',
  },
  {
    name: 'steps are executed again from the first without the versions of then',
    file: 'libs/streaming/src/runner/restored-outputs.ts',
    find: 'if (stored !== null && sameBytes(stored, bytes)) return;',
    replace: 'if (stored === null || sameBytes(stored, bytes)) return;',
    caughtBy: 'libs/streaming/src/runner/damaged-state.test.ts',
  },
  {
    name: 'recordings under way are forgotten when somebody else is erased',
    file: 'apps/gateway/src/erasure/kept-states.ts',
    find: "  'sensor-logger': recordingsWithout,\n",
    replace: '',
    caughtBy: 'apps/gateway/src/erasure/rewritten-log.test.ts',
  },
];
