import type { LogRecord, Outputs } from '@hark/streaming';
import { parseCommand } from './command-json.js';
import type { VersionPoint } from './line.js';
import type { ModelLine } from './model-line.js';
import type { Training } from './training.js';

/** What a command changes besides the line of versions. */
export interface Commanded {
  readonly training: Pick<Training, 'learning' | 'modelReplaced'>;
  /** Where the stream stands. */
  point(): VersionPoint;
  /** Windows before this offset are about to go from the log. */
  forgetBefore(offset: number): void;
}

/** Does what a record of `commands` asks for and tells of it in `models`, or tells why not. */
export function executeCommand(
  { value, offset: command }: LogRecord,
  line: ModelLine,
  on: Commanded,
  outputs: Outputs,
): void {
  const asked = parseCommand(value);
  const { training } = on;
  const { logPosition } = on.point();
  if (asked === null) {
    line.tell({ kind: 'refused', code: 'malformed_command', message: 'not a command', command }, outputs);
  } else if (asked.kind === 'snapshot') {
    line.makeVersion('request', on.point(), outputs, command);
  } else if (asked.kind === 'forget') {
    on.forgetBefore(asked.windowsBefore);
  } else if (asked.kind === 'learning') {
    training.learning = asked.enabled;
    line.tell({ kind: 'learning', enabled: asked.enabled, logPosition, command }, outputs);
  } else {
    const { to } = asked;
    const { version: from, current: before } = line;
    const isRollback = asked.kind === 'rollback';
    const refusal = isRollback ? line.rollBack(to) : line.promote(to);
    if (refusal !== null) return line.tell({ kind: 'refused', ...refusal, command }, outputs);
    training.modelReplaced(before);
    if (isRollback) training.learning = asked.learning === 'continue';
    const by = isRollback ? 'rollback' : 'promotion';
    const reason = isRollback ? asked.reason : null;
    const { learning } = training;
    line.tell({ kind: 'activated', by, from, to, learning, reason, logPosition, command }, outputs);
  }
}
