import type { LabelAnswer, LabelUndone } from '@hark/contracts';
import type { Command } from 'commander';
import { renderTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { gatewayClient, gatewayOptions, type GatewayOptions } from './service-urls.js';

interface AddOptions extends GatewayOptions {
  from: string;
  to: string;
  device?: string;
}

export function labelsCommand(program: Command, terminal: Terminal): void {
  const labels = program
    .command('labels')
    .summary('say afterwards what somebody was doing, or take it back')
    .description(
      'Truth that comes after the samples. The windows of the stretch are learned with it, and those still to come.',
    )
    .addHelpText(
      'after',
      `
Examples:
  hark labels add ann walk --from 2026-01-01T10:00:00Z --to 2026-01-01T10:05:00Z
  hark labels add ann sit --device gear_1 --from 1424686733090638193 --to 1424686743090638193
  hark labels undo 12`,
    );

  gatewayOptions(
    labels
      .command('add')
      .argument('<user>', 'whose')
      .argument('<activity>', 'what it was: an activity that the service knows')
      .description('label a stretch of event time')
      .requiredOption('--from <time>', 'ISO 8601 with a zone, or nanoseconds')
      .requiredOption('--to <time>', 'ISO 8601 with a zone, or nanoseconds; not included')
      .option('--device <name>', 'of this device only'),
  ).action(async (user: string, activity: string, options: AddOptions) => {
    const { from, to, device } = options;
    const answer = await gatewayClient(options, terminal).post<LabelAnswer>('/v1/labels', {
      ...{ user, activity, from, to },
      ...(device !== undefined && { device }),
    });
    if (options.json) return terminal.out(JSON.stringify(answer));
    terminal.out(
      `label ${answer.id}: ${answer.windows} windows are ${activity}; take it back: hark labels undo ${answer.id}`,
    );
    if (answer.windows > 0) terminal.out(answersTable(answer));
  });

  gatewayOptions(
    labels.command('undo').argument('<id>', 'the number that `add` printed').description('take a label back'),
  ).action(async (id: string, options: GatewayOptions) => {
    const answer = await gatewayClient(options, terminal).json<LabelUndone>(
      `/v1/labels/${encodeURIComponent(id)}`,
      { method: 'DELETE' },
    );
    terminal.out(
      options.json
        ? JSON.stringify(answer)
        : `label ${id} is taken back; ${answer.windows} windows have none any more`,
    );
  });
}

/** How the windows were answered before they were learned, and how they are now. */
function answersTable({ before, after }: LabelAnswer): string {
  const activities = [...new Set([...Object.keys(before.activities), ...Object.keys(after.activities)])];
  return renderTable(
    ['answered', 'before', 'now'],
    activities.map((name) => [name, before.activities[name] ?? 0, after.activities[name] ?? 0]),
  );
}
