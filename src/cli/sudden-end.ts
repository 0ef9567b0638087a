// Failures that no command waits for, such as a standard output that cannot be written: told as any other, in
// one line and with the command's own exit code, because Node's for them is the one that means denied.
import { writeSync } from 'node:fs';
import { commandOf, tellFailure } from './run-cli.ts';

/** Standard error, at once: the process ends right after. */
const lastWords = {
  write(text: string) {
    try {
      writeSync(process.stderr.fd, text);
    } catch {
      // There is nobody left to tell; the exit code does.
    }
  },
};

/** Ends the process for such failures of this command line. Returns what does so for standard output. */
export function endOnSuddenFailures(args: readonly string[]): (error: Error) => void {
  const end = (error: unknown) => {
    process.exit(tellFailure(args, error, { stderr: lastWords, env: process.env }));
  };
  // A sidecar goes on without its greeting; and when it fails, its stack says where.
  if (commandOf(args) === 'serve') return () => {};
  process.on('uncaughtException', end);
  return (error) => {
    const code = 'code' in error ? String(error.code) : error.name;
    end(Object.assign(new Error(`Standard output cannot be written (${code}).`, { cause: error }), { code }));
  };
}
