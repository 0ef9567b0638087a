// Limits stay spent when more keys and counters are in use than the caches hold and nothing has been folded
// yet: what the caches forgot stands in memory only, and the tables do not know of it.
import { expect, test } from 'vitest';
import {
  call,
  charge,
  item,
  keyTerms,
  openSeeded,
  reasonsOf,
  SUBJECT,
  settle,
} from '../../test/support/ledger-world.ts';
import type { SettleCall } from '../pdp/settle-port.ts';
import type { Ledger } from './ledger.ts';

/** Less than is folded at once when it is full, and enough that many share a place of the cache. */
const COUNTERS = 16_000;
const GROUP = 500;

/** Keys that all have the same few places in a cache of any power of two up to so many. */
const KEYS_APART = 65_536;
const KEYS = 64;

const ofCounter = (at: number): SettleCall =>
  call({
    base: [],
    items: [item({ named: [charge({ counterId: `n|company|named|cmp_${at}`, burst: 1 })] })],
  });

const ofKey = (at: number): SettleCall =>
  call({ subject: { ...SUBJECT, keySeq: 1 + at * KEYS_APART }, base: [keyTerms(1)] });

/** How often which reason was answered, with `count` calls in groups. */
function answersTo(
  ledger: Ledger,
  count: number,
  callOf: (at: number) => SettleCall,
): Record<string, number> {
  const counted: Record<string, number> = {};
  for (let first = 0; first < count; first += GROUP) {
    const calls = Array.from({ length: Math.min(GROUP, count - first) }, (_, at) => callOf(first + at));
    for (const reason of reasonsOf(settle(ledger, ...calls))) counted[reason] = (counted[reason] ?? 0) + 1;
  }
  return counted;
}

test.each([
  ['counters', COUNTERS, ofCounter, 'policy_limit_exceeded'],
  ['keys', KEYS, ofKey, 'base_limit_exceeded'],
] as const)('%s that the cache forgot before they were folded stay spent', (_, count, callOf, refused) => {
  const { world, ledger } = openSeeded();
  expect(answersTo(ledger, count, callOf)).toEqual({ allowed: count });
  expect(answersTo(ledger, count, callOf)).toEqual({ [refused]: count });
  expect(world.rows('SELECT (SELECT count(*) FROM counters) + (SELECT count(*) FROM key_use)')).toEqual([
    [0],
  ]);
  ledger.close();
});
