/**
 * Runs the OPA compiler as a child process: one place for its environment, time limit and output
 * cap. Never a shell, and never OPA's own OPA_* variables, which would change what a build means.
 */
import { execFile } from 'node:child_process';
import { PosternError } from '../../core/error.ts';

const TIMEOUT_MS = 60_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

export interface OpaRunOptions {
  /** Everything is named relative to it, so that the bytes of a build do not depend on where it ran. */
  readonly cwd: string;
  readonly stdin?: string;
}

export interface OpaRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `path` with these arguments. A non-zero exit is a result; a run that cannot end is an error. */
export function runOpa(path: string, args: readonly string[], options: OpaRunOptions): Promise<OpaRun> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: OUTPUT_BYTES_MAX } as const;
    const child = execFile(
      path,
      [...args],
      { cwd: options.cwd, env: opaEnvironment(), ...limits },
      (error, stdout, stderr) => {
        if (error === null) resolve({ status: 0, stdout, stderr });
        else if (typeof error.code === 'number') resolve({ status: error.code, stdout, stderr });
        else
          reject(
            new PosternError('policy_unavailable', `\`opa ${args[0]}\` did not end by itself.`, {
              cause: error,
            }),
          );
      },
    );
    // A child that ends before it has read its input is told by its exit code, not by EPIPE.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.stdin ?? '');
  });
}

/** The environment that OPA gets: what a process needs, nothing that configures OPA. */
export function opaEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'SYSTEMROOT'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
