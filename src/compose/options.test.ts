// What the parts are handed makes sense for every configuration that is accepted.
import { expect, test } from 'vitest';
import { ConfigError } from '../config/problem.ts';
import { loadConfig } from '../config.ts';
import { engineLimits } from './options.ts';

const MEBIBYTE = 1_048_576;

function configWith(memoryBytesMax: number) {
  return loadConfig({
    file: null,
    env: { POSTERN_POLICY__MEMORY_BYTES_MAX: String(memoryBytesMax) },
    overrides: [],
    workingDirectory: '/srv/app',
  });
}

test('a policy instance may always grow to 2 MiB before it is replaced', () => {
  expect(engineLimits(configWith(4 * MEBIBYTE)).memoryRecycleBytes).toBe(2 * MEBIBYTE);
  expect(() => configWith(4 * MEBIBYTE - 1)).toThrow(ConfigError);
  expect(() => configWith(4 * MEBIBYTE - 1)).toThrow(
    'policy.memoryBytesMax: must be at least 4194304 (POSTERN_POLICY__MEMORY_BYTES_MAX)',
  );
});
