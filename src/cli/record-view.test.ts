// Records as shown: the stored bytes unchanged for machines; for people one row, whatever is stored.
import { expect, test } from 'vitest';
import { RECORD_COLUMNS, recordRow, recordView } from './record-view.ts';

const record = (leaf: unknown) => ({
  logId: 'log_1',
  index: '7',
  leaf: Buffer.from(typeof leaf === 'string' ? leaf : JSON.stringify(leaf)),
  private: Buffer.of(),
});

test('a decision is one row of what matters', () => {
  const leaf = {
    kind: 'decision',
    effect: 'deny',
    reason: 'key_revoked',
    settled_at: '1769854830500000',
    check: { company_id: 'cmp_aurora', key_id: 'key_1', operation: 'payments.create' },
  };
  expect(recordRow(record(leaf))).toEqual([
    '7',
    '2026-01-31T10:20:30.500Z',
    'decision',
    'deny',
    'key_revoked',
    'cmp_aurora',
    'key_1',
    'payments.create',
  ]);
});

test('machines get the exact bytes beside the parsed record', () => {
  const text = '{"kind":"admin","b":1,"a":2}';
  expect(recordView(record(text))).toMatchObject({
    leaf: text,
    record: { kind: 'admin' },
    index: 7,
    private: null,
  });
});

test.each(['', '{', 'null', '[]', '{"kind":{"x":1},"check":5,"at":"soon"}'])(
  'a damaged leaf %j is still one row of texts',
  (leaf) => {
    const row = recordRow(record(leaf));
    expect(row).toHaveLength(RECORD_COLUMNS.length);
    expect(row.every((cell) => typeof cell === 'string')).toBe(true);
    expect(recordView(record(leaf)).leaf).toBe(leaf);
  },
);

test('a leaf cannot steer the terminal', () => {
  const leaf = { kind: 'admin', action: '\u001b[2Jgone', company_id: 'a\nb', at: '1' };
  expect(recordRow(record(leaf)).join('')).not.toMatch(/\p{Cc}/u);
});
