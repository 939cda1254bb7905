import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { Terminal } from '../terminal/terminal.js';
import { ALL_COMMANDS, commandsFor } from './all-commands.js';

const namesOf = async (args: readonly string[]): Promise<string[]> => {
  const program = new Command();
  for (const add of await commandsFor(args)) add(program, { environment: {} } as Terminal);
  return program.commands.map((command) => command.name());
};

describe('the commands loaded', () => {
  it('are the one that comes first, under its own name', async () => {
    for (const name of Object.keys(ALL_COMMANDS)) expect(await namesOf([name, '--help'])).toEqual([name]);
  });

  it.each([[[]], [['help', 'import']], [['--token', 'import', 'models']], [['imprt']], [['toString']]])(
    'are all of them for %j',
    async (args) => {
      expect(await namesOf(args)).toEqual(Object.keys(ALL_COMMANDS));
    },
  );
});
