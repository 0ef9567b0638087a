// Verification finds every change that an intruder with the database file could make without also
// making a new tree, and names the record or the range that it is in.
import { hash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { commitAll } from '../../src/core/commitment.ts';
import { encodeErased } from '../../src/core/leaf.ts';
import { MerkleFrontier } from '../../src/core/merkle.ts';
import type { VerifyProgress, VerifyResult } from '../../src/pdp/audit-port.ts';
import { LogReader } from '../../src/storage/reader/log-reader.ts';
import {
  decisionLeaf,
  type LeafMaker,
  LOG_ID,
  LogWriter,
  START_US,
  windowOpenedLeaf,
} from '../support/log-writer.ts';
import { saltedHashByHand } from '../support/sample-leaves.ts';
import { sampleRecords } from '../support/sample-log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const FOREVER = new AbortController().signal;

function openLog(records: number): { writer: LogWriter; reader: LogReader } {
  const dataDirectory = temporaryDirectory();
  const writer = new LogWriter(dataDirectory);
  writer.append(sampleRecords(records));
  const onProblem = (problem: unknown): void => {
    throw problem;
  };
  const reader = LogReader.open({ dataDirectory, logSize: null, onProblem });
  onTestFinished(() => {
    reader.close();
    writer.close();
  });
  return { writer, reader };
}

async function verify(reader: LogReader, progressEvery = 0): Promise<VerifyResult | null> {
  let last: VerifyProgress | null = null;
  for await (const progress of reader.verify(progressEvery, FOREVER)) {
    expect(last?.result ?? null).toBeNull();
    last = progress;
  }
  // A root over a part, or over what does not agree, is never told.
  if (last?.result) expect(last.result.rootHash).toHaveLength(last.result.ok ? 32 : 0);
  return last?.result ?? null;
}

/** RFC 6962, section 2.1, as the text says it: recursive, from the leaves. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return hash('sha256', Buffer.alloc(0), 'buffer');
  if (leaves.length === 1) return hash('sha256', Buffer.concat([Buffer.from([0]), first]), 'buffer');
  const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  const parts = [Buffer.from([1]), rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split))];
  return hash('sha256', Buffer.concat(parts), 'buffer');
}

test('a log that nobody touched verifies, with the root that RFC 6962 defines', async () => {
  const { writer, reader } = openLog(1_234);
  const leaves: Buffer[] = [];
  for (const leaf of writer.leaves()) leaves.push(Buffer.from(leaf));
  expect(leaves).toHaveLength(1_235);
  const result = await verify(reader);
  expect(result).toMatchObject({ ok: true, logId: LOG_ID, firstBadIndex: null, problem: '' });
  expect(Buffer.from(result?.rootHash ?? []).toString('hex')).toBe(rootOf(leaves).toString('hex'));
});

test('progress is reported at every so many records, and the result comes last', async () => {
  const { reader } = openLog(2_999);
  const messages: VerifyProgress[] = [];
  for await (const progress of reader.verify(1_000, FOREVER)) messages.push(progress);
  expect(messages.length).toBeGreaterThan(2);
  expect(messages.map((message) => message.result === null)).toEqual([
    ...messages.slice(1).map(() => true),
    false,
  ]);
  expect(messages.at(-1)).toMatchObject({ records: 3_000, logSize: 3_000, result: { ok: true } });
});

/** What an intruder does, and the first bad record that is reported. */
const ATTACKS: readonly (readonly [
  what: string,
  attack: (writer: LogWriter) => void,
  bad: number,
  problem: string,
])[] = [
  [
    'a deny turned into an allow',
    (writer) =>
      writer.tamper(
        `UPDATE log SET leaf = replace(leaf, '"effect":"deny"', '"effect":"allow"') WHERE idx = 4`,
      ),
    0,
    'At least one of the records 0 to 63 is not the one that was recorded.',
  ],
  [
    'a reason changed in the last record',
    (writer) => writer.tamper(`UPDATE log SET leaf = replace(leaf, 'req-98', 'req-97') WHERE idx = 99`),
    96,
    'At least one of the records 96 to 99 is not the one that was recorded.',
  ],
  [
    'a space added',
    (writer) => writer.tamper(`UPDATE log SET leaf = leaf || ' ' WHERE idx = 50`),
    50,
    'Record 50 is not canonical JSON.',
  ],
  [
    'a leaf replaced by nothing',
    (writer) => writer.tamper(`UPDATE log SET leaf = '' WHERE idx = 50`),
    50,
    'Record 50 is not canonical JSON.',
  ],
  [
    'two records swapped',
    (writer) => {
      writer.tamper('UPDATE log SET idx = -1 WHERE idx = 10');
      writer.tamper('UPDATE log SET idx = 10 WHERE idx = 20');
      writer.tamper('UPDATE log SET idx = 20 WHERE idx = -1');
    },
    10,
    'Record 10 names another index than its own.',
  ],
  [
    'a record deleted',
    (writer) => writer.tamper('DELETE FROM log WHERE idx = 70'),
    70,
    'Record 70 is missing.',
  ],
  [
    'a record deleted and the others moved up',
    (writer) => {
      writer.tamper('DELETE FROM log WHERE idx = 70');
      writer.tamper('UPDATE log SET idx = idx - 1 WHERE idx > 70');
    },
    70,
    'Record 70 names another index than its own.',
  ],
  [
    'the end cut off',
    (writer) => writer.tamper('DELETE FROM log WHERE idx >= 90'),
    90,
    'Record 90 is missing.',
  ],
  [
    'a record put behind the last',
    (writer) => writer.tamper('INSERT INTO log(idx, leaf) VALUES (100, ?)', '{}'),
    100,
    'Record 100 stands behind the last.',
  ],
  [
    'a record put before the first',
    (writer) => writer.tamper('INSERT INTO log(idx, leaf) VALUES (-1, ?)', '{}'),
    0,
    'Record -1 stands before the first.',
  ],
  [
    'a record of another log',
    (writer) =>
      writer.tamper(`UPDATE log SET leaf = replace(leaf, ?, ?) WHERE idx = 30`, LOG_ID, 'f'.repeat(32)),
    30,
    'Record 30 names another log.',
  ],
  [
    'a record of another version',
    (writer) => writer.tamper(`UPDATE log SET leaf = replace(leaf, '"v":1}', '"v":2}') WHERE idx = 30`),
    30,
    'Record 30 is of a version that this program does not know.',
  ],
  [
    'the head set back to an earlier size',
    (writer) => writer.tamper('UPDATE head SET size = 60'),
    0,
    "The ledger's state does not hold a tree of the log's size.",
  ],
  [
    "the head's tree replaced",
    (writer) => {
      const tree = MerkleFrontier.empty((bytes) => hash('sha256', bytes, 'buffer'));
      for (let n = 0; n < 100; n++) tree.append(Buffer.alloc(32, n));
      writer.tamper('UPDATE head SET frontier = ?', tree.encode());
    },
    0,
    'At least one of the records 0 to 63 is not the one that was recorded.',
  ],
];

test.each(ATTACKS)('%s is detected', async (_, attack, firstBadIndex, problem) => {
  const { writer, reader } = openLog(99);
  expect(await verify(reader)).toMatchObject({ ok: true });
  attack(writer);
  expect(await verify(reader)).toMatchObject({ ok: false, firstBadIndex, problem });
});

/** A decision or window with the commitments that belong to a private part. */
function committed(writer: LogWriter): string {
  let salts = 0;
  const { commitments, private: kept } = commitAll(
    [
      { field: 'source_ip', value: '192.0.2.7' },
      { field: 'user_agent', value: 'Mozilla/5.0 "quoted" é' },
    ],
    () => (salts++).toString(16).padStart(32, '0'),
    saltedHashByHand,
  );
  writer.append([decisionLeaf({ number: 500, commitments })], kept);
  return kept;
}

/** A log whose record 6 is a decision and record 7 a window, both with values beside them. */
function openCommitted(): ReturnType<typeof openLog> {
  const at = openLog(5);
  committed(at.writer);
  const window = commitAll(
    [{ field: 'source', value: '198.51.100.0/24' }],
    () => '0'.repeat(32),
    saltedHashByHand,
  );
  at.writer.append([windowOpenedLeaf(JSON.parse(window.commitments) as { source: string })], window.private);
  return at;
}

const erase =
  (indexes: readonly number[], fields: readonly string[]): LeafMaker =>
  (place) =>
    encodeErased(place, { atUs: START_US, indexes, fields });

test('values beside a leaf that are the ones committed to verify', async () => {
  const { reader } = openCommitted();
  expect(await verify(reader)).toMatchObject({ ok: true });
});

const MISSING = 'the values behind its commitments are missing';

test.each([
  ['everything', 'UPDATE log SET private = NULL', 6, '(source_ip, user_agent)'],
  ['an empty text', "UPDATE log SET private = '' WHERE idx = 6", 6, '(source_ip, user_agent)'],
  ['an empty object', "UPDATE log SET private = '{}' WHERE idx = 6", 6, '(source_ip, user_agent)'],
  [
    'one field',
    "UPDATE log SET private = json_remove(private, '$.source_ip') WHERE idx = 6",
    6,
    '(source_ip)',
  ],
  ["a window's source", 'UPDATE log SET private = NULL WHERE idx = 7', 7, '(source)'],
])('values that are gone without a record of it are detected: %s', async (_, sql, index, fields) => {
  const { writer, reader } = openCommitted();
  writer.tamper(sql);
  const problem = `Record ${index}: ${MISSING} ${fields}.`;
  expect(await verify(reader)).toMatchObject({ ok: false, firstBadIndex: index, problem });
});

test('values that a later record names as erased may be gone, and no others', async () => {
  const { writer, reader } = openCommitted();
  writer.append(sampleRecords(1_200, 600));
  writer.append([erase([6], ['source_ip', 'user_agent']), erase([7], ['source_ip'])]);
  writer.tamper('UPDATE log SET private = NULL WHERE idx = 6');
  expect(await verify(reader)).toMatchObject({ ok: true });
  writer.tamper('UPDATE log SET private = NULL WHERE idx = 7');
  const other = { ok: false, firstBadIndex: 7, problem: `Record 7: ${MISSING} (source).` };
  expect(await verify(reader)).toMatchObject(other);
});

test('an erasure explains nothing of the records that came after it', async () => {
  const { writer, reader } = openLog(5);
  writer.append([erase([7], ['source_ip', 'user_agent'])]);
  committed(writer);
  writer.tamper('UPDATE log SET private = NULL WHERE idx = 7');
  const problem = `Record 7: ${MISSING} (source_ip, user_agent).`;
  expect(await verify(reader)).toMatchObject({ ok: false, firstBadIndex: 7, problem });
});

test.each([
  ['an address changed', (kept: string) => kept.replace('192.0.2.7', '192.0.2.8')],
  ['a salt changed', (kept: string) => kept.replace('0"', '1"')],
  ['a value under another name', (kept: string) => kept.replace('source_ip', 'resource_id')],
  ['a value without a salt', () => '{"source_ip":{"value":"192.0.2.7"}}'],
  ['no JSON', () => '{'],
  ['a further member of a value', (kept: string) => kept.replace('"salt"', '"note":"never recorded","salt"')],
  ['a second value', (kept: string) => kept.replace('"value"', '"value":"198.51.100.9","value"')],
  ['white space', (kept: string) => `${kept} `],
  ['a number that is not canonical', (kept: string) => kept.replace('"192.0.2.7"', '1.5')],
])('%s beside a leaf is detected', async (_, change) => {
  const { writer, reader } = openLog(5);
  const changed = change(committed(writer));
  writer.tamper('UPDATE log SET private = ? WHERE idx = 6', changed);
  expect(await verify(reader)).toMatchObject({
    ok: false,
    firstBadIndex: 6,
    problem: 'Record 6 does not commit to the values that are kept beside it.',
  });
});

test('a log may grow while it is verified: the records of the call are verified', async () => {
  const { writer, reader } = openLog(2_000);
  let size = 0;
  let result: VerifyResult | null = null;
  for await (const progress of reader.verify(600, FOREVER)) {
    writer.append(sampleRecords(100, 10_000 + size));
    size = progress.logSize;
    result = progress.result;
  }
  expect(size).toBe(2_001);
  expect(result).toMatchObject({ ok: true });
});

test('a verification ends without a result when its signal aborts', async () => {
  const { reader } = openLog(3_000);
  const end = new AbortController();
  const messages: VerifyProgress[] = [];
  for await (const progress of reader.verify(600, end.signal)) {
    messages.push(progress);
    end.abort();
  }
  expect(messages).toHaveLength(1);
  expect(messages[0]?.result).toBeNull();
});
