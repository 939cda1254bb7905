import type { SessionList } from '@hark/contracts';
import type { Command } from 'commander';
import { renderTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { wholeNumber } from './option-values.js';
import { gatewayClient, gatewayOptions, type GatewayOptions } from './service-urls.js';

interface SessionsOptions extends GatewayOptions {
  user?: string;
  device?: string;
  limit: number;
}

export function sessionsCommand(program: Command, terminal: Terminal): void {
  gatewayOptions(
    program
      .command('sessions')
      .summary('what each device recorded')
      .description(
        'What each device recorded, newest first, cut where it paused. `hark replay <id>` plays one again.',
      )
      .option('--user <name>', 'of this user')
      .option('--device <name>', 'of this device')
      .option('--limit <n>', 'how many at most', wholeNumber(1, 1000), 100),
  )
    .addHelpText('after', '\nExamples:\n  hark sessions --user a\n  hark sessions --json')
    .action(async (options: SessionsOptions) => {
      const { user, device, limit } = options;
      const query = new URLSearchParams({
        limit: String(limit),
        ...(user !== undefined && { user }),
        ...(device !== undefined && { device }),
      });
      const answer = await gatewayClient(options, terminal).json<SessionList>(
        `/v1/sessions?${query.toString()}`,
      );
      if (options.json) return terminal.out(JSON.stringify(answer));
      if (answer.sessions.length === 0) {
        return terminal.out('nothing recorded yet: try `hark simulate` or `hark import`');
      }
      terminal.out(
        renderTable(
          ['session', 'user', 'device', 'start', 'seconds', 'accelerometer', 'gyroscope', 'labels'],
          answer.sessions.map(({ id, user, device, start, end, samples, labels }) => [
            id,
            user,
            device,
            start,
            Math.round((Date.parse(end) - Date.parse(start)) / 1000),
            samples.accelerometer,
            samples.gyroscope,
            labels.join(' '),
          ]),
        ),
      );
      if (answer.next !== undefined) terminal.log(`there are more than ${limit}: --limit shows up to 1000`);
    });
}
