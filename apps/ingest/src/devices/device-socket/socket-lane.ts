import { problem, type Problem } from '@hark/contracts';
import type { SampleDoor } from '../../front-door/sample-door.js';
import { problemFor } from '../../front-door/intake-problems.js';
import { attempt } from '../connections/connection.js';
import type { ConnectionLog } from '../connections/connection-log.js';
import type { DeviceConnection } from './device-connection.js';
import { SocketGroup, type GroupedRows } from './socket-group.js';

export interface SocketLaneOptions {
  readonly frontDoor: Pick<SampleDoor, 'accept' | 'activities'>;
  readonly connections: ConnectionLog;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
}

/** What the connection log calls this way in. */
export const SOCKET_WAY = 'WS /v1/samples';
const SOURCE = 'websocket';

/** A message that waits for its group. */
interface Waiting {
  readonly connection: DeviceConnection;
  readonly seq: number;
  readonly rows: GroupedRows;
  readonly release: () => void;
}

/**
 * Writes the messages of many sockets: those that come while a group is being written are the next group, so the log
 * takes few and large records however many devices there are. A group is taken or refused as one.
 */
export class SocketLane {
  private readonly group: SocketGroup;
  private waiting: Waiting[] = [];
  private writing: Promise<void> | null = null;

  constructor(private readonly options: SocketLaneOptions) {
    this.group = new SocketGroup(options.frontDoor.activities);
  }

  /**
   * Takes a message, which is answered under `seq` once it is durable, or at once when nothing of it can be taken.
   *
   * @param release called when it waits no more.
   */
  add(connection: DeviceConnection, message: Buffer, seq: number, release: () => void): void {
    try {
      const rows = this.group.add(message, connection.principal, this.options.now());
      this.waiting.push({ connection, seq, rows, release });
    } catch (error) {
      release();
      return turnAway(connection, seq, error, this.options.connections);
    }
    this.writing ??= this.write();
  }

  /** Resolves when all that was taken is answered. */
  async settled(): Promise<void> {
    await this.writing;
  }

  private async write(): Promise<void> {
    // The other messages that are here already belong to the same group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      let failure: Problem | null = null;
      try {
        const taken = this.group.take();
        const receivedMs = this.options.now();
        if (taken.batch.rows + taken.rejected > 0) {
          await this.options.frontDoor.accept({ ...taken, source: SOURCE, receivedMs });
        }
      } catch (error) {
        failure = problemOf(error);
      }
      for (const each of group) this.answer(each, failure);
      this.report(group, failure);
    }
    this.writing = null;
  }

  private answer({ connection, seq, rows, release }: Waiting, failure: Problem | null): void {
    release();
    const { accepted, rejected, errors } = rows;
    if (failure !== null) connection.refuse(seq, failure);
    else if (rejected === 0 && accepted > 0) connection.acknowledge(seq, {});
    else if (accepted > 0) connection.acknowledge(seq, { rejected, errors });
    else connection.refuse(seq, { ...allRefused(rows), ...{ rejected, errors } });
  }

  /** One attempt for each socket of a group. */
  private report(group: readonly Waiting[], failure: Problem | null): void {
    const sums = new Map<DeviceConnection, { accepted: number; rejected: number; code: string | null }>();
    for (const { connection, rows } of group) {
      const sum = sums.get(connection) ?? { accepted: 0, rejected: 0, code: failure?.code ?? null };
      sum.accepted += failure === null ? rows.accepted : 0;
      sum.rejected += rows.rejected;
      sum.code ??= rows.errors.at(0)?.code ?? null;
      sums.set(connection, sum);
    }
    for (const [{ address }, sum] of sums) {
      const verdict = sum.accepted > 0 ? 'accepted' : 'refused';
      this.options.connections.add(attempt(SOCKET_WAY, verdict, { ...sum, address }));
    }
  }
}

/** Answers a message of which nothing can be taken. */
export function turnAway(
  connection: DeviceConnection,
  seq: number,
  error: unknown,
  connections: ConnectionLog,
): void {
  const found = problemOf(error);
  connection.refuse(seq, found);
  connections.add(attempt(SOCKET_WAY, 'refused', { code: found.code, address: connection.address }));
}

function allRefused({ rejected, errors }: GroupedRows): Problem {
  const first = errors.at(0);
  if (first === undefined) return problem(400, 'no_rows', 'No row', 'The message holds no row.');
  const detail = `None of ${rejected} rows was taken; row ${first.row}: ${first.message}.`;
  return problem(400, first.code, 'Every row was refused', detail);
}

function problemOf(error: unknown): Problem {
  return (
    problemFor(error)?.problem ??
    problem(500, 'internal_error', 'Internal error', 'The message failed; the log of the app says why.')
  );
}
