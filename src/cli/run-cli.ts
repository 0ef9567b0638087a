// The `postern` command: parses, runs one command, and turns whatever happens into an exit code and one
// clear message. Nothing below it ends the process or prints a stack.
import { Command, CommanderError } from 'commander';
import { auditCommand } from './audit.ts';
import { checkCommand } from './check.ts';
import { clockCommand } from './clock.ts';
import { companiesCommand } from './companies.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { type Failure, failureOf } from './failure.ts';
import { keysCommand } from './keys.ts';
import { printable, showsColours } from './output.ts';
import { policyCommand } from './policy.ts';
import type { CliPorts } from './ports.ts';
import { secretInArguments } from './secret-in-arguments.ts';
import { serveCommand } from './serve.ts';
import { Shell } from './shell.ts';
import type { Terminal } from './terminal.ts';

const HELP_END = `
Every command prints tables for people, or JSON with --json. Exit codes: 0 done (check: allowed),
1 no (check: denied; else not done or not sound), 2 the command line was wrong (check: any error).

Variables: POSTERN_CONFIG, POSTERN_ADDRESS, POSTERN_ADMIN, POSTERN_KEY, POSTERN_OPA, and
POSTERN_<SECTION>__<SETTING> for every setting (docs/config.md).`;

/** Enough for the longest list of what is allowed. */
const MESSAGE_CHARS_MAX = 1_000;

function buildProgram(shell: Shell): Command {
  const program = new Command('postern')
    .description('A gRPC authorization sidecar for APIs that partners call with a key')
    .version(shell.ports.version, '-V, --version')
    .addHelpText('after', HELP_END);
  const commands = [
    serveCommand,
    checkCommand,
    companiesCommand,
    keysCommand,
    policyCommand,
    auditCommand,
    clockCommand,
    doctorCommand,
    demoCommand,
  ];
  for (const command of commands) program.addCommand(command(shell));
  takeOver(program, shell.terminal);
  return program;
}

/** Every command, however deep, throws instead of exiting and prints to the shell's terminal. */
function takeOver(command: Command, terminal: Terminal): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => void terminal.stdout.write(text),
    // Mistakes are printed by runCli, once and in the form asked for. What is left is help.
    writeErr: (text) => void (text.startsWith('error:') || terminal.stderr.write(text)),
  });
  for (const inner of command.commands) takeOver(inner, terminal);
}

function printFailure(terminal: Pick<Terminal, 'stderr' | 'env'>, failure: Failure, isJson: boolean): void {
  if (isJson) {
    terminal.stderr.write(`${JSON.stringify({ error: failure })}\n`);
    return;
  }
  const word = showsColours(terminal.stderr, terminal.env) ? '\u001b[31merror:\u001b[0m' : 'error:';
  terminal.stderr.write(`${word} ${failure.message}\n`);
  for (const detail of failure.details) terminal.stderr.write(`  ${detail}\n`);
}

/** Commander's own mistakes, without its prefix. */
function usageFailure(error: CommanderError): Failure {
  const [first = '', ...hints] = error.message.replace(/^error: /, '').split('\n');
  const message = first.length > MESSAGE_CHARS_MAX ? `${first.slice(0, MESSAGE_CHARS_MAX)}…` : first;
  return {
    code: 'usage',
    // It repeats what was given, whatever that was; a suggestion stands on a line of its own.
    message: [message, ...hints].map(printable).join('\n'),
    details: ['`postern --help` and `postern <command> --help` say what there is.'],
  };
}

function exitCodeOf(failure: Failure, isCheck: boolean): ExitCode {
  return failure.code === 'usage' || isCheck ? EXIT.error : EXIT.no;
}

/** The command that a command line names. */
export function commandOf(args: readonly string[]): string {
  return args.find((argument) => !argument.startsWith('-')) ?? '';
}

/** Tells what was thrown in the form asked for. Returns the exit code for it. */
export function tellFailure(
  args: readonly string[],
  error: unknown,
  terminal: Pick<Terminal, 'stderr' | 'env'>,
): ExitCode {
  const failure = error instanceof CommanderError ? usageFailure(error) : failureOf(error);
  printFailure(terminal, failure, args.includes('--json'));
  return exitCodeOf(failure, commandOf(args) === 'check');
}

/**
 * Runs one command line, without the program's name in front. Resolves with the exit code, and never
 * rejects.
 */
export async function runCli(
  args: readonly string[],
  ports: CliPorts,
  terminal: Terminal,
): Promise<ExitCode> {
  const secret = secretInArguments(args);
  if (secret !== null) {
    // Before anything parses it: a parser's message would repeat the argument.
    printFailure(terminal, { code: 'usage', message: secret, details: [] }, args.includes('--json'));
    return EXIT.error;
  }
  const shell = new Shell(ports, terminal);
  try {
    await buildProgram(shell).parseAsync([...args], { from: 'user' });
    return shell.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    // A group without a command: its help was printed.
    if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.error;
    return tellFailure(args, error, terminal);
  }
}
