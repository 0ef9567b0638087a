// Floods are counted in windows: nothing is answered from a window that was not recorded as opened.
import { expect, test } from 'vitest';
import {
  call,
  failure,
  item,
  keyTerms,
  openSeeded,
  RULES,
  reasonsOf,
  SUBJECT,
  settle,
} from '../../test/support/ledger-world.ts';
import { readLog, recordsOf } from '../../test/support/read-log.ts';
import { OPEN_WINDOWS_MAX } from '../pdp/settle-window.ts';

const SECOND_US = 1_000_000;

/** Five failures are recorded one by one; the next ones find their source throttled. */
function throttle(ledger: ReturnType<typeof openSeeded>['ledger'], sourceBucket = '192.0.2.1'): void {
  settle(ledger, ...Array.from({ length: 5 }, () => failure({ sourceBucket })));
}

test('failures of a throttled source open a window before they are answered, and are counted in it', () => {
  const { world, ledger } = openSeeded();
  throttle(ledger);
  const [first, second] = settle(ledger, failure(), failure({ items: [item({ reason: 'key_malformed' })] }));
  expect(first).toMatchObject({
    items: [{ reason: 'source_throttled', index: -1, leaf: new Uint8Array(), verdicts: [] }],
  });
  const windowId = first?.state === 'settled' ? first.items[0]?.windowId : undefined;
  expect(second).toMatchObject({ items: [{ windowId }] });
  const opened = recordsOf(world.dataDirectory, 'window_opened');
  expect(opened).toMatchObject([{ window_id: windowId, window_kind: 'source_failures', key_id: null }]);
  expect(opened[0]?.['commitments']).toHaveProperty('source');
  expect(JSON.stringify(opened), 'the address is committed to, not named').not.toContain('192.0.2.1');
  ledger.close();
  expect(recordsOf(world.dataDirectory, 'window_closed')).toMatchObject([
    {
      window_id: windowId,
      because: 'stop',
      total: 2,
      counts: [
        { key_id: null, reason: 'key_malformed', count: 1 },
        { key_id: null, reason: 'key_unknown', count: 1 },
      ],
    },
  ]);
});

test('a throttled source that uses a revoked key is counted with the key', () => {
  const { world, ledger } = openSeeded();
  throttle(ledger);
  settle(ledger, call({ base: [], items: [item({ reason: 'key_revoked' })] }));
  ledger.close();
  expect(recordsOf(world.dataDirectory, 'window_closed')).toMatchObject([
    { counts: [{ key_id: 'key_one', reason: 'key_revoked', count: 1 }] },
  ]);
});

test('over-limit checks of a key are recorded one by one up to a number each second, then counted', () => {
  const { world, ledger } = openSeeded();
  const calls = Array.from({ length: 8 }, () => call({ base: [keyTerms(1)] }));
  const results = settle(ledger, ...calls);
  expect(new Set(reasonsOf(results.slice(1)))).toEqual(new Set(['base_limit_exceeded']));
  const indexes = results.map((result) => (result.state === 'settled' ? result.items[0]?.index : null));
  // Records 3..6, the window's opening at 7, then four that are only counted.
  expect(indexes).toEqual([3, 4, 5, 6, -1, -1, -1, -1]);
  expect(results.at(-1), 'verdicts are told all the same').toMatchObject({
    items: [{ verdicts: [{ refused: true }] }],
  });
  world.pass(SECOND_US / 2);
  ledger.close();
  expect(recordsOf(world.dataDirectory, 'window_closed')).toMatchObject([
    {
      window_kind: 'over_limit',
      total: 4,
      counts: [{ key_id: 'key_one', reason: 'base_limit_exceeded', count: 4 }],
    },
  ]);
});

test('a new second records over-limit checks one by one again', () => {
  const { world, ledger } = openSeeded();
  const flood = () => settle(ledger, ...Array.from({ length: 10 }, () => call({ base: [keyTerms(1)] })));
  flood();
  const before = recordsOf(world.dataDirectory, 'decision').length;
  world.pass(SECOND_US);
  flood();
  const after = recordsOf(world.dataDirectory, 'decision').length;
  expect(after - before).toBe(1 + RULES.overLimitPerSecondPerKey);
  ledger.close();
});

test('a window closes when nothing was counted for a while', () => {
  const { world, ledger } = openSeeded();
  throttle(ledger);
  settle(ledger, failure());
  world.pass(RULES.windowIdleMs * 1_000 - 1);
  ledger.tick();
  expect(recordsOf(world.dataDirectory, 'window_closed')).toEqual([]);
  world.pass(SECOND_US);
  ledger.tick();
  expect(recordsOf(world.dataDirectory, 'window_closed')).toMatchObject([{ because: 'idle', total: 1 }]);
  ledger.close();
  world.open().close();
  expect(recordsOf(world.dataDirectory, 'window_closed'), 'and only once').toHaveLength(1);
  expect(world.rows('SELECT count(*) FROM window_counts')).toEqual([[0]]);
});

test('the address behind a window is kept beside its record, not in it', () => {
  const { world, ledger } = openSeeded();
  throttle(ledger);
  settle(ledger, failure());
  const [row] = world.rows("SELECT private FROM log WHERE leaf ->> '$.kind' = 'window_opened'");
  const kept: unknown = JSON.parse(String(row?.[0]));
  expect(kept).toEqual({ source: { salt: expect.stringMatching(/^[0-9a-f]{32}$/), value: '192.0.2.1' } });
  ledger.close();
});

test('a window counts up to a number of keys apart, and the checks of more without their key', () => {
  const { world, ledger } = openSeeded();
  throttle(ledger);
  const revoked = Array.from({ length: 300 }, (_, key) =>
    call({
      subject: { ...SUBJECT, keyId: `key_${key}` },
      base: [],
      items: [item({ reason: 'key_revoked' })],
    }),
  );
  settle(ledger, ...revoked);
  settle(ledger, ...revoked.slice(0, 2));
  ledger.close();
  const [closed] = recordsOf(world.dataDirectory, 'window_closed');
  const counts = closed?.['counts'] as readonly { readonly key_id: string | null; readonly count: number }[];
  expect(closed).toMatchObject({ total: 302 });
  expect(counts).toHaveLength(257);
  expect(counts[0]).toEqual({ key_id: null, reason: 'key_revoked', count: 44 });
  expect(counts.find((each) => each.key_id === 'key_1')).toMatchObject({ count: 2 });
});

test('a window that is never quiet closes at its greatest length, and the next check opens another', () => {
  const { world, ledger } = openSeeded();
  throttle(ledger);
  const ids = new Set<unknown>();
  for (let second = 0; second <= RULES.windowLengthMsMax / 1_000 + 5; second += 5) {
    // Enough failures that the source stays throttled.
    const results = settle(ledger, ...Array.from({ length: 3 }, () => failure()));
    const last = results.at(-1);
    ids.add(last?.state === 'settled' ? last.items[0]?.windowId : null);
    world.pass(5 * SECOND_US);
    ledger.tick();
  }
  expect(recordsOf(world.dataDirectory, 'window_closed')[0]).toMatchObject({ because: 'length' });
  expect(ids.size).toBe(2);
  ledger.close();
});

test('windows that a crash left open are closed with everything they had counted', () => {
  const { world, ledger } = openSeeded();
  throttle(ledger);
  for (let group = 0; group < 4; group++) settle(ledger, failure(), failure());
  const copy = world.crash();
  const again = copy.open();
  expect(recordsOf(copy.dataDirectory, 'window_closed')).toMatchObject([{ because: 'recovered', total: 8 }]);
  expect(reasonsOf(settle(again, failure())), 'the source is still throttled').toEqual(['source_throttled']);
  again.close();
  ledger.close();
  expect(() => readLog(copy.dataDirectory)).not.toThrow();
});

test('what a crash left open is closed with the reasons and keys that were answered', () => {
  const { world, ledger } = openSeeded();
  throttle(ledger);
  settle(
    ledger,
    failure({ items: [item({ reason: 'key_malformed' })] }),
    call({ base: [], items: [item({ reason: 'key_revoked' })] }),
  );
  const beyond = () => call({ base: [keyTerms(1)], sourceBucket: '198.51.100.1' });
  settle(ledger, ...Array.from({ length: 1 + RULES.overLimitPerSecondPerKey + 2 }, beyond));
  const copy = world.crash();
  ledger.close();
  copy.open().close();
  const closed = recordsOf(copy.dataDirectory, 'window_closed');
  expect(closed.map(({ window_kind, counts }) => [window_kind, counts])).toEqual([
    [
      'source_failures',
      [
        { key_id: null, reason: 'key_malformed', count: 1 },
        { key_id: 'key_one', reason: 'key_revoked', count: 1 },
      ],
    ],
    ['over_limit', [{ key_id: 'key_one', reason: 'base_limit_exceeded', count: 2 }]],
  ]);
});

test('a flood from ever new addresses shares one window beyond a bound', () => {
  const { world, ledger } = openSeeded();
  world.rules = { ...RULES, sourceFailures: { count: 1, periodMs: 3_600_000, burst: 1 } };
  ledger.close();
  const flooded = world.open();
  const sources = OPEN_WINDOWS_MAX + 50;
  for (let at = 0; at < sources; at += 500) {
    const buckets = Array.from(
      { length: Math.min(500, sources - at) },
      (_, place) => `2001:db8::${at + place}`,
    );
    settle(
      flooded,
      ...buckets.flatMap((sourceBucket) => [failure({ sourceBucket }), failure({ sourceBucket })]),
    );
  }
  expect(recordsOf(world.dataDirectory, 'window_opened')).toHaveLength(OPEN_WINDOWS_MAX + 1);
  flooded.close();
  const totals = recordsOf(world.dataDirectory, 'window_closed').map((record) => record['total']);
  expect(totals).toHaveLength(OPEN_WINDOWS_MAX + 1);
  expect(Math.max(...totals.map(Number))).toBe(50);
});
