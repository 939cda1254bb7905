import { ALERT_TYPES, type ActivityRule, type Alert } from '@hark/contracts';
import { Option, type Command } from 'commander';
import { renderTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { commaList, notNegative, positive, wholeNumber } from './option-values.js';
import { gatewayClient, gatewayOptions, type GatewayOptions } from './service-urls.js';

type Rule = ActivityRule & { readonly id: string };

interface ListOptions extends GatewayOptions {
  type?: string;
  user?: string;
  since?: string;
  limit: number;
}

interface AddOptions extends GatewayOptions {
  for: number;
  name?: string;
  users?: string[];
  devices?: string[];
  minConfidence?: number;
  tolerance?: number;
  webhook?: string;
}

export function alertsCommand(program: Command, terminal: Terminal): void {
  const alerts = program
    .command('alerts')
    .summary('what was announced, and the rules by which activities are')
    .description(
      'Drift, better challengers, activities that last, silent devices and apps that fall behind: what was announced, ' +
        'and the rules by which activities are.',
    )
    .addHelpText(
      'after',
      `
Examples:
  hark alerts list --user ann
  hark alerts rules add stand --for 3600 --users ann --name "on her feet for an hour"
  hark alerts rules remove 3`,
    );

  gatewayOptions(
    alerts
      .command('list')
      .description('alerts, newest first')
      .addOption(new Option('--type <type>', 'of this type').choices(ALERT_TYPES))
      .option('--user <name>', 'about this user')
      .option('--since <time>', 'announced since, ISO 8601 with a zone')
      .option('--limit <n>', 'how many at most', wholeNumber(1, 1000), 100),
  ).action((options: ListOptions) => list(options, terminal));

  const rules = alerts.command('rules').description('by which rules activities are announced');
  gatewayOptions(rules.command('list').description('the rules that stand')).action(
    async (options: GatewayOptions) => {
      const answer = await gatewayClient(options, terminal).json<{ rules: Rule[] }>('/v1/alerts/rules');
      if (options.json) return terminal.out(JSON.stringify(answer));
      if (answer.rules.length === 0) return terminal.out('no rules: `hark alerts rules add` makes one');
      terminal.out(rulesTable(answer.rules));
    },
  );
  gatewayOptions(
    rules
      .command('add')
      .argument('<activity>', 'an activity that the service knows, or unknown')
      .description('announce when a device has shown an activity for so long, and when that is over')
      .requiredOption('--for <seconds>', 'how long it must last', positive)
      .option('--name <text>', 'what to call it')
      .option('--users <list>', 'whose devices (default: of everybody that you may know of)', commaList)
      .option('--devices <list>', 'names of devices (default: any)', commaList)
      .option('--min-confidence <p>', 'a prediction of less is an interruption, 0 to 1', notNegative)
      .option('--tolerance <seconds>', 'interruptions up to this long do not count (default: 5)', notNegative)
      .option('--webhook <url>', 'where to send its alerts besides; the service allows which'),
  ).action((activity: string, options: AddOptions) => add(activity, options, terminal));
  gatewayOptions(
    rules.command('remove').argument('<id>', 'as in the list').description('take a rule away'),
  ).action(async (id: string, options: GatewayOptions) => {
    const answer = await gatewayClient(options, terminal).json<{ id: string }>(
      `/v1/alerts/rules/${encodeURIComponent(id)}`,
      { method: 'DELETE' },
    );
    terminal.out(options.json ? JSON.stringify(answer) : `rule ${answer.id} is removed`);
  });
}

async function list(options: ListOptions, terminal: Terminal): Promise<void> {
  const { type, user, since, limit } = options;
  const query = new URLSearchParams({
    limit: String(limit),
    ...(type !== undefined && { type }),
    ...(user !== undefined && { user }),
    ...(since !== undefined && { since }),
  });
  const answer = await gatewayClient(options, terminal).json<{ alerts: Alert[]; next?: string }>(
    `/v1/alerts?${query.toString()}`,
  );
  if (options.json) return terminal.out(JSON.stringify(answer));
  if (answer.alerts.length === 0) return terminal.out('no alerts');
  terminal.out(
    renderTable(
      ['time', 'type', 'stage', 'about', 'id'],
      answer.alerts.map(({ time, type: kind, subject, data, id }) => [
        time,
        kind,
        data.stage,
        subject ?? '',
        id,
      ]),
    ),
  );
  if (answer.next !== undefined) terminal.log(`there may be more than ${limit}: --limit shows up to 1000`);
}

async function add(activity: string, options: AddOptions, terminal: Terminal): Promise<void> {
  const { name, users, devices, minConfidence, tolerance, webhook } = options;
  const rule = await gatewayClient(options, terminal).post<Rule>('/v1/alerts/rules', {
    activity,
    forSeconds: options.for,
    ...(name !== undefined && { name }),
    ...(users !== undefined && { users }),
    ...(devices !== undefined && { devices }),
    ...(minConfidence !== undefined && { minConfidence }),
    ...(tolerance !== undefined && { toleranceSeconds: tolerance }),
    ...(webhook !== undefined && { webhook }),
  });
  if (options.json) return terminal.out(JSON.stringify(rule));
  terminal.out(`rule ${rule.id} stands; take it away: hark alerts rules remove ${rule.id}`);
}

function rulesTable(rules: readonly Rule[]): string {
  return renderTable(
    ['rule', 'name', 'activity', 'seconds', 'users', 'devices', 'webhook'],
    rules.map(({ id, name, activity, forSeconds, users, devices, webhook }) => [
      id,
      name ?? '',
      activity,
      forSeconds,
      users?.join(' ') ?? 'all',
      devices?.join(' ') ?? 'all',
      webhook ?? '',
    ]),
  );
}
