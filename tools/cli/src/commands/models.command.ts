import type { RollbackAnswer, VersionDiff, VersionList, VersionManifest, VersionView } from '@hark/contracts';
import type { Command } from 'commander';
import { grouped, percent, renderTable, type Cell } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { namedVersion } from './option-values.js';
import { gatewayClient, gatewayOptions, type GatewayOptions } from './service-urls.js';

interface RollbackOptions extends GatewayOptions {
  frozen?: true;
  dryRun?: true;
  reason?: string;
}

export function modelsCommand(program: Command, terminal: Terminal): void {
  const models = program
    .command('models')
    .summary('the versions of the model: list, show, roll back, promote')
    .description('The versions of the model, and which one answers.')
    .addHelpText(
      'after',
      `
Examples:
  hark models list
  hark models show v37
  hark models rollback v33 --dry-run
  hark models rollback v33 --reason "worse since the new phones"
  hark models rollback previous`,
    );

  gatewayOptions(models.command('list').description('all versions, newest first')).action(
    async (options: GatewayOptions) => {
      const answer = await gatewayClient(options, terminal).json<VersionList>('/v1/models');
      if (options.json) return terminal.out(JSON.stringify(answer));
      if (answer.versions.length === 0)
        return terminal.out('no version yet: the first is made with the first window');
      terminal.out(versionTable(answer.versions));
    },
  );

  gatewayOptions(
    models
      .command('show')
      .argument('<version>', 'such as v37, or current, previous or challenger', namedVersion)
      .description('all about one version'),
  ).action(async (named: string, options: GatewayOptions) => {
    const answer = await gatewayClient(options, terminal).json<VersionView>(`/v1/models/${named}`);
    if (options.json) return terminal.out(JSON.stringify(answer));
    terminal.out(versionText(answer));
  });

  gatewayOptions(
    models
      .command('rollback')
      .argument('<version>', 'the version that is to answer, such as v33 or previous', namedVersion)
      .description('let another version answer, from the next window on; the same call goes back again')
      .option('--frozen', 'it answers as it is and learns nothing')
      .option('--dry-run', 'only say what would change')
      .option('--reason <text>', 'kept with the change'),
  ).action(async (named: string, options: RollbackOptions) => {
    const answer = await gatewayClient(options, terminal).post<RollbackAnswer>(
      `/v1/models/${named}/rollback`,
      {
        learning: options.frozen ? 'frozen' : 'continue',
        dryRun: options.dryRun ?? false,
        ...(options.reason !== undefined && { reason: options.reason }),
      },
    );
    terminal.out(options.json ? JSON.stringify(answer) : activationText(answer));
  });

  gatewayOptions(
    models
      .command('promote')
      .argument('<version>', 'the challenger, such as v38 or challenger', namedVersion)
      .description('let a challenger answer, from the next window on'),
  ).action(async (named: string, options: GatewayOptions) => {
    const answer = await gatewayClient(options, terminal).post<RollbackAnswer>(
      `/v1/models/${named}/promote`,
      {},
    );
    terminal.out(options.json ? JSON.stringify(answer) : activationText(answer));
  });
}

function activationText({ from, to, effectiveAt, learning, diff }: RollbackAnswer): string {
  const what =
    effectiveAt === null
      ? `v${from} would give way to v${to}; nothing was changed`
      : `v${to} answers instead of v${from} from ${effectiveAt.topic}/${effectiveAt.offset} on, learning: ${learning}`;
  return `${what}\n${renderTable(['', `v${from}`, `v${to}`], diffRows(diff))}`;
}

function diffRows({
  windowsLearned,
  parent,
  classifier,
  featureSchema,
  classes,
  metrics,
}: VersionDiff): Cell[][] {
  const row = <T>(
    name: string,
    change: { readonly from: T; readonly to: T },
    show: (value: T) => Cell,
  ): Cell[] => [name, show(change.from), show(change.to)];
  const figure = (value: number) => value.toFixed(3);
  return [
    row('windows learned', windowsLearned, grouped),
    row('parent', parent, (number) => (number === null ? null : `v${number}`)),
    row('classifier', classifier, String),
    row('feature schema', featureSchema, String),
    ['knows alone', classes.removed.join(', ') || null, classes.added.join(', ') || null],
    row('accuracy then', metrics.accuracy, percent),
    row('kappa then', metrics.kappa, figure),
    row('macro-F1 then', metrics.macroF1, figure),
  ];
}

export function versionTable(versions: readonly VersionView[]): string {
  return renderTable(
    ['version', '', 'made by', 'learned', 'accuracy then', 'since', 'windows since', 'time'],
    versions.map(({ version: number, alias, cause, windowsLearned, metrics, metricsSince, time }) => [
      `v${number}`,
      alias ?? '',
      cause,
      windowsLearned,
      metrics.windows === 0 ? null : percent(metrics.accuracy),
      metricsSince.windows === 0 ? null : percent(metricsSince.accuracy),
      metricsSince.windows,
      time,
    ]),
  );
}

function versionText(view: VersionView): string {
  const { metrics, metricsSince } = view;
  const scores = (of: VersionManifest['metrics']): string =>
    of.windows === 0
      ? 'nothing scored'
      : `accuracy ${percent(of.accuracy)}, kappa ${of.kappa.toFixed(3)}, macro-F1 ${of.macroF1.toFixed(3)}, ${grouped(of.windows)} windows`;
  return renderTable(
    ['', ''],
    [
      ['version', `v${view.version}${view.alias === null ? '' : ` (${view.alias})`}`],
      ['parent', view.parent === null ? null : `v${view.parent}`],
      ['made by', view.cause],
      ['classifier', view.classifier],
      ['classes', view.classes.join(', ')],
      ['windows learned', view.windowsLearned],
      ['log position', `windows/${view.logPosition}`],
      ['scores then', scores(metrics)],
      ['scores since', scores(metricsSince)],
      ['feature schema', view.featureSchema],
      ['digest', view.digest],
      ['event time', view.time],
    ],
  ).trimStart();
}
