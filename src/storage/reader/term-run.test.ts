// A term that was added is found again, with exactly its records, through sorting and merging.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { termKey } from './term-hash.ts';
import { chunkWords, collectOffsets, RunBuilder } from './term-run.ts';

function add(builder: RunBuilder, value: string, offset: number): void {
  const text = JSON.stringify(value);
  builder.add('request_id', text, 1, text.length - 1, offset);
}

function offsetsOf(words: Uint32Array, value: string): readonly number[] {
  const offsets: number[] = [];
  collectOffsets(words, termKey('request_id', value), offsets);
  return offsets;
}

test('every record is found by its term, in order, also after two runs were merged', () => {
  const values = fc.array(fc.string({ maxLength: 6 }), { maxLength: 300 });
  fc.assert(
    fc.property(values, values, (one, other) => {
      const older = new RunBuilder();
      one.forEach((value, offset) => {
        add(older, value, offset);
      });
      const newer = new RunBuilder();
      other.forEach((value, offset) => {
        add(newer, value, offset);
      });
      const merged = new RunBuilder();
      merged.addEntries(newer.sorted(), one.length);
      merged.addEntries(older.sorted(), 0);
      const words = merged.sorted();
      const all = [...one, ...other];
      for (const value of all) {
        expect(offsetsOf(words, value)).toEqual(all.flatMap((each, n) => (each === value ? [n] : [])));
      }
    }),
  );
});

test('the same text in another field is another term', () => {
  const builder = new RunBuilder();
  add(builder, 'cmp_aurora', 7);
  const words = builder.sorted();
  expect(offsetsOf(words, 'cmp_aurora')).toEqual([7]);
  const offsets: number[] = [];
  collectOffsets(words, termKey('company_id', 'cmp_aurora'), offsets);
  expect(offsets).toEqual([]);
});

test('distinct terms have distinct hashes: none of 200,000 ids collide', () => {
  const keys = new Set<string>();
  for (let n = 0; n < 200_000; n++) {
    const { high, low } = termKey('request_id', `req-${n}`);
    keys.add(`${high}.${low}`);
  }
  expect(keys.size).toBe(200_000);
});

test('a chunk is read wherever its bytes stand in memory', () => {
  const builder = new RunBuilder();
  add(builder, 'a', 1);
  const words = builder.sorted();
  const shifted = new Uint8Array(9);
  shifted.set(new Uint8Array(words.buffer, words.byteOffset, 8), 1);
  expect(chunkWords(shifted.subarray(1))).toEqual(words);
});

test('an offset that does not fit is refused, not wrapped', () => {
  const builder = new RunBuilder();
  add(builder, 'a', 65_535);
  const words = builder.sorted().slice();
  expect(() => new RunBuilder().addEntries(words, 1)).toThrow('an offset above its bits');
});
