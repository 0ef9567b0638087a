// Ids: of the documented form, never twice, and sortable by time where they say so.
import { expect, test } from 'vitest';
import { Ids } from './ids.ts';

const UUID = (version: number) =>
  new RegExp(`^(dec|key|win)_[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`);

test('nothing is given out twice, across refills of the pool', () => {
  const ids = new Ids();
  const drawn = Array.from({ length: 5_000 }, () => [
    ids.salt(),
    ids.decisionId(),
    ids.windowId(1_700_000_000_000_000),
  ]);
  expect(new Set(drawn.flat()).size).toBe(15_000);
});

test('ids have the documented form', () => {
  const ids = new Ids();
  for (let i = 0; i < 1_000; i += 1) {
    expect(ids.decisionId()).toMatch(UUID(4));
    expect(ids.keyId(1_700_000_000_000_000)).toMatch(UUID(7));
    expect(ids.salt()).toMatch(/^[0-9a-f]{32}$/);
  }
  expect(ids.secret()).toHaveLength(32);
});

test('timed ids of one moment differ in their randomness, of which none is left out', () => {
  const ids = new Ids();
  const places = Array.from({ length: 20 }, () => new Set<string>());
  for (let count = 0; count < 500; count += 1) {
    const random = ids
      .windowId(1_700_000_000_000_000)
      .slice(4 + 14)
      .replaceAll('-', '');
    [...random].forEach((digit, place) => void places[place]?.add(digit));
  }
  // Hexadecimal digits of the random part; the first one after the third dash holds the variant.
  const seen = places.map(({ size }) => size);
  expect(seen).toEqual(Array.from({ length: 20 }, (_, place) => (place === 0 ? 1 : place === 4 ? 4 : 16)));
});

test('key ids sort by their time and hold it', () => {
  const ids = new Ids();
  const times = [1_700_000_000_000_000, 1_700_000_000_001_000, 1_800_000_000_000_000];
  const made = times.map((time) => ids.keyId(time));
  expect(made.toSorted()).toEqual(made);
  expect(Number.parseInt(made[0]?.slice(4, 17).replace('-', '') ?? '', 16)).toBe(1_700_000_000_000);
});
