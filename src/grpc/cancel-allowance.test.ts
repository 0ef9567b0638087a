// How many cancelled calls a connection may bring.
import { expect, test } from 'vitest';
import { CancelAllowance } from './cancel-allowance.ts';

test('a thousand at once, then as many as have come back, one for each thirtieth of a second', () => {
  const taken = (allowance: CancelAllowance, nowMs: number, times: number) =>
    Array.from({ length: times }, () => allowance.take(nowMs)).filter(Boolean).length;
  expect(taken(new CancelAllowance(), 5_000, 1_100)).toBe(1_000);
  const emptied = new CancelAllowance();
  expect(taken(emptied, 5_000, 1_000)).toBe(1_000);
  expect(taken(emptied, 6_000, 100)).toBe(33);
  const another = new CancelAllowance();
  let refused = 0;
  for (let nowMs = 0; nowMs < 600_000; nowMs += 31) if (!another.take(nowMs)) refused += 1;
  expect(refused).toBe(0);
});
