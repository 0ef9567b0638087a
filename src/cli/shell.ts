// What every command gets: the ports, the terminal, and how to run its work with a result in one of the
// two forms. A command returns its exit code; it never ends the process itself.
import { Command } from 'commander';
import type { ExitCode } from './exit-code.ts';
import { Output } from './output.ts';
import type { CliPorts } from './ports.ts';
import type { Terminal } from './terminal.ts';

/** Options that every command has. */
export interface OutputOptions {
  readonly json?: boolean;
}

/** Runs commands and keeps the exit code of the one that ran. */
export class Shell {
  readonly ports: CliPorts;
  readonly terminal: Terminal;
  exitCode: ExitCode = 0;

  constructor(ports: CliPorts, terminal: Terminal) {
    this.ports = ports;
    this.terminal = terminal;
  }

  async run(options: OutputOptions, work: (output: Output) => Promise<ExitCode>): Promise<void> {
    this.exitCode = await work(new Output(this.terminal, options.json === true));
  }
}

/** A command with the options that all have. Mistakes are thrown, never printed and exited. */
export function newCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print JSON for machines instead of text');
}

/** A command that only holds others. */
export function newGroup(name: string, description: string): Command {
  return new Command(name).description(description);
}
