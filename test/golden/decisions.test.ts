// The golden cases, run through the pure core. The same files drive a running sidecar over gRPC.
// UPDATE_GOLDEN=1 rewrites what is expected; the diff is the review.
import canonicalize from 'canonicalize';
import { describe, expect, test } from 'vitest';
import { REASON_TABLE } from '../../src/core/reason.ts';
import { goldenFiles } from '../support/golden/golden-case.ts';
import { runGolden } from '../support/golden/run-golden.ts';

const FILES = goldenFiles();

interface Result {
  readonly reason: string;
  readonly leaf: string;
  readonly public_error: { readonly code: string } | null;
}

describe('golden decisions', () => {
  test.each(FILES)('$name', (file) => {
    const result = JSON.parse(JSON.stringify(runGolden(file.golden)));
    if (process.env['UPDATE_GOLDEN'] === '1') file.update(result);
    else expect(result).toEqual(file.golden.expect);
  });
});

test('every reason has a case', () => {
  const covered = new Set(FILES.map((file) => (runGolden(file.golden) as Result).reason));
  expect(REASON_TABLE.map((row) => row.name).filter((name) => !covered.has(name))).toEqual([]);
});

test('every leaf is canonical and tells the same reason and public side as the answer', () => {
  for (const file of FILES) {
    const result = runGolden(file.golden) as Result;
    const leaf = JSON.parse(result.leaf);
    expect(canonicalize(leaf)).toBe(result.leaf);
    expect([leaf.reason, leaf.public?.code]).toEqual([result.reason, result.public_error?.code]);
  }
});

test('what a partner may learn is byte-identical within its class', () => {
  const bodies = new Map<string, Set<string>>();
  for (const file of FILES) {
    const body = JSON.stringify((runGolden(file.golden) as Result).public_error);
    const code = (runGolden(file.golden) as Result).public_error?.code ?? '';
    bodies.set(code, (bodies.get(code) ?? new Set()).add(body));
  }
  expect([...bodies.values()].every((class_) => class_.size === 1)).toBe(true);
  expect(bodies.size).toBe(7);
});
