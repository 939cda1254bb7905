import {
  ROLES,
  changeTokenFile,
  formatTokenEntry,
  isExpired,
  isRole,
  newToken,
  readTokenFile,
  tokenEntry,
  tokenFilePath,
  tokenHash,
  type Role,
  type TokenEntry,
} from '@hark/service/access';
import { InvalidArgumentError, type Command } from 'commander';
import { UsageError, WorkFailedError } from '../terminal/failures.js';
import { renderTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { commaList } from './option-values.js';

interface CreateOptions {
  name: string;
  roles: Role[];
  users: string[];
  expires?: Date;
  json?: true;
}

export function tokensCommand(program: Command, terminal: Terminal): void {
  const tokens = program
    .command('tokens')
    .summary('who may send, subscribe and operate: create, list, revoke')
    .description(
      'The tokens in $HARK_DATA/tokens.json (or HARK_TOKENS_FILE). As soon as there is one, every request needs one; ' +
        'running apps notice changes within 2 s. Only hashes are stored.',
    )
    .addHelpText(
      'after',
      `
Roles:
  ingest     send samples, of the users named
  subscribe  live predictions, alerts, sessions and replays, of the users named; read model versions
  monitor    status and metrics of the service, for Prometheus; no data of users, no change
  operate    everything, also roll back and label

Examples:
  hark tokens create --name "phone of a" --roles ingest --users a
  HARK_TOKEN=$(hark tokens create --name me --roles operate --users '*' --expires 30d)
  hark tokens list
  hark tokens revoke k3x9m2ab`,
    );

  tokens
    .command('create')
    .description('make a token; its text is printed this once and stored nowhere')
    .requiredOption('--name <text>', 'what it is for')
    .requiredOption('--roles <list>', `any of ${ROLES.join(',')}`, roles)
    .requiredOption('--users <list>', "whose data it is for; '*' for all", users)
    .option('--expires <when>', 'ISO 8601 with a zone, or from now such as 12h or 30d', expires)
    .option('--json', 'print the token and what is stored of it as JSON')
    .action((options: CreateOptions) => create(options, terminal));

  tokens
    .command('list')
    .description('the tokens there are, without their secrets')
    .option('--json', 'print them as JSON')
    .action((options: { json?: true }) => list(options, terminal));

  tokens
    .command('revoke')
    .argument('<id>', 'as in the list; the part of a token between hk_ and the next _')
    .description('take a token away; its open sockets are closed within 5 s')
    .action((id: string) => revoke(id, terminal));
}

function create({ name, roles, users, expires, json }: CreateOptions, terminal: Terminal): void {
  const path = tokenFilePath(terminal.environment);
  const { id, text } = newToken();
  const result = tokenEntry.safeParse({
    id,
    name,
    hash: tokenHash(text).toString('hex'),
    roles,
    users,
    created: new Date().toISOString(),
    expires: expires?.toISOString() ?? null,
  });
  if (!result.success) {
    const [{ path: field, message }] = result.error.issues;
    throw new UsageError(`--${String(field[0])}: ${message}`);
  }
  const entry = result.data;
  changeTokenFile(path, (entries) => [...entries, entry]);
  if (json) {
    return terminal.out(
      JSON.stringify({ ...withoutHash(entry), token: text, entry: formatTokenEntry(entry) }),
    );
  }
  terminal.log(`token ${id} stands in ${path}; keep its text, it is shown this once:`);
  terminal.out(text);
}

function list({ json }: { json?: true }, terminal: Terminal): void {
  const path = tokenFilePath(terminal.environment);
  const entries = readTokenFile(path);
  const now = Date.now();
  if (json) {
    const tokens = (entries ?? []).map((entry) => ({
      ...withoutHash(entry),
      expired: isExpired(entry, now),
    }));
    return terminal.out(JSON.stringify({ tokens }));
  }
  if (entries === null) return terminal.out(`no tokens: there is no ${path}`);
  if (entries.length === 0) return terminal.out(`no tokens in ${path}: nobody is let in`);
  terminal.out(
    renderTable(
      ['id', 'name', 'roles', 'users', 'created', 'expires'],
      entries.map((entry) => [
        entry.id,
        entry.name,
        entry.roles.join(' '),
        entry.users.join(' '),
        entry.created,
        expiry(entry, now),
      ]),
    ),
  );
}

function withoutHash({ id, name, roles, users, created, expires }: TokenEntry): Omit<TokenEntry, 'hash'> {
  return { id, name, roles, users, created, expires };
}

function expiry(entry: TokenEntry, nowMs: number): string {
  if (entry.expires === null) return 'never';
  return isExpired(entry, nowMs) ? `${entry.expires} (expired)` : entry.expires;
}

function revoke(id: string, terminal: Terminal): void {
  const path = tokenFilePath(terminal.environment);
  changeTokenFile(path, (entries) => {
    const rest = entries.filter((entry) => entry.id !== id);
    if (rest.length < entries.length) return rest;
    throw new WorkFailedError(`there is no token of this id in ${path}; \`hark tokens list\` shows them`);
  });
  terminal.log(`token ${id} is revoked; running apps close its connections within 5 s`);
}

function roles(text: string): Role[] {
  const names = commaList(text);
  if (names.length > 0 && names.every(isRole)) return [...new Set(names)];
  throw new InvalidArgumentError(`Give any of ${ROLES.join(', ')}, separated by commas.`);
}

function users(text: string): string[] {
  const names = commaList(text);
  if (names.length > 0) return [...new Set(names)];
  throw new InvalidArgumentError("Give names of users separated by commas, or '*' for all.");
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function expires(text: string): Date {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN;
  const time = count === undefined ? zoned : Date.now() + Number(count) * UNITS[unit];
  if (time > Date.now()) return new Date(time);
  throw new InvalidArgumentError('Give a time to come: ISO 8601 with a zone, or such as 12h or 30d.');
}
