/**
 * Python for the tests of other languages: the interpreter that POSTERN_PYTHON names, and what its protoc
 * makes of our contract. Nothing of what a Python host uses comes from anywhere but protos.
 */
import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { ROOT } from './sidecar-process.ts';

const INCLUDES = ['proto', 'node_modules/google-proto-files', 'node_modules/grpc-health-check/proto'];
const RUN_MS_MAX = 120_000;

/** The interpreter. Throws when the environment names none: these tests are not run without. */
export function pythonPath(): string {
  const path = process.env['POSTERN_PYTHON'] ?? '';
  if (path === '') throw new Error('POSTERN_PYTHON names no Python with grpcio-tools (.ci/python.sh)');
  return path;
}

/** Generates Python from the contract, into a directory that is gone when the test is over. */
export async function generateStubs(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'pst-py-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const ours = globSync('postern/v1/*.proto', { cwd: join(ROOT, 'proto') });
  const theirs = ['google/rpc/status.proto', 'google/rpc/error_details.proto', 'health/v1/health.proto'];
  await promisify(execFile)(
    pythonPath(),
    [
      ...['-m', 'grpc_tools.protoc', `--python_out=${directory}`, `--grpc_python_out=${directory}`],
      ...INCLUDES.flatMap((include) => ['-I', include]),
      ...[...ours, ...theirs],
    ],
    { cwd: ROOT, timeout: RUN_MS_MAX },
  );
  return directory;
}

/** Runs a program of test/interop/python with a job on its standard input; what it tells comes as JSON. */
export function runPython<Told>(stubs: string, program: string, job: unknown): Promise<Told> {
  const { promise, resolve, reject } = Promise.withResolvers<Told>();
  const child = execFile(
    pythonPath(),
    // Nothing of the user's own is on the path, and no cache is written into the repository.
    ['-s', '-B', join(ROOT, 'test/interop/python', program)],
    { env: { PYTHONPATH: stubs }, timeout: RUN_MS_MAX, maxBuffer: 64 * 1_048_576 },
    (error, out, err) => {
      if (error !== null) reject(new Error(`${program} failed: ${err}`, { cause: error }));
      else resolve(JSON.parse(out) as Told);
    },
  );
  child.stdin?.end(JSON.stringify(job));
  return promise;
}
