// `postern demo`: a temporary sidecar, and every promise that matters tried on it over real gRPC. It
// exits non-zero on any difference, so that it can stand in a pipeline.
import type { Command } from 'commander';
import { newCommand, type OutputOptions, type Shell } from './shell.ts';

/** `demo`. */
export function demoCommand(shell: Shell): Command {
  return newCommand(
    'demo',
    'try every security case on a temporary sidecar; exit code 1 on any difference',
  ).action((options: OutputOptions) =>
    shell.run(options, async (output) => {
      const { runDemo } = await import('./demo/run-demo.ts');
      return runDemo(shell, output);
    }),
  );
}
