/**
 * Two suites: `default` is what `npm test` runs, in a few minutes; `campaigns` are the slow ones
 * (property, simulation, fault, interoperability; the image, which needs the registry), sampled unless
 * CAMPAIGN=full. What needs Python is among them only when POSTERN_PYTHON names one.
 * Never add retries or looser timeouts to make a test pass.
 */
import { defineConfig } from 'vitest/config';

const CAMPAIGNS = ['property', 'simulation', 'fault', 'interop', 'container'].map(
  (name) => `test/${name}/**/*.test.ts`,
);
const MINUTE_MS = 60_000;
const isFull = process.env['CAMPAIGN'] === 'full';
const PYTHON_TESTS = 'test/interop/python*.test.ts';
const hasPython = (process.env['POSTERN_PYTHON'] ?? '') !== '';
if (!hasPython && process.argv.includes('campaigns')) {
  process.stderr.write(
    `not run: ${PYTHON_TESTS}, because POSTERN_PYTHON names no Python with grpcio-tools\n`,
  );
}

export default defineConfig({
  test: {
    // Forks, because native handles and worker threads of ours must end with their test file.
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['test/support/compile-cache.ts'],
    retry: 0,
    projects: [
      {
        extends: true,
        test: {
          name: 'default',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: [...CAMPAIGNS, '**/node_modules/**'],
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'campaigns',
          include: CAMPAIGNS,
          exclude: hasPython ? [] : [PYTHON_TESTS],
          // One file at a time: campaigns load the machine and watch time limits.
          fileParallelism: false,
          testTimeout: isFull ? 120 * MINUTE_MS : 5 * MINUTE_MS,
          hookTimeout: 2 * MINUTE_MS,
        },
      },
    ],
  },
});
