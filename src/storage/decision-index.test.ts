// What the ledger finds of decisions in the search index, while the index comes, goes and is built again.
import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { indexLog } from '../../test/support/index-log.ts';
import {
  call,
  item,
  type LedgerWorld,
  newDecisionId,
  openSeeded,
  settle,
} from '../../test/support/ledger-world.ts';
import { readLog } from '../../test/support/read-log.ts';
import { DecisionIndex } from './decision-index.ts';
import { INDEX_FILE } from './index-schema.ts';
import type { IndexedLog } from './reader/index-watermark.ts';
import { removeIndex } from './reader/open-index.ts';

interface Indexed {
  readonly world: LedgerWorld;
  readonly dataDirectory: string;
  /** Records of the log. */
  readonly size: number;
  /** Ids of its decisions, the first of which is record 3. */
  readonly decisionIds: readonly string[];
  readonly index: DecisionIndex;
  readonly log: IndexedLog;
}

/** A log with decisions, and the ledger's view of its index, which is not built yet. */
function decided(decisions: number): Indexed {
  const { world, ledger } = openSeeded();
  const decisionIds = Array.from({ length: decisions }, newDecisionId);
  settle(ledger, call({ base: [], items: decisionIds.map((decisionId) => item({ decisionId })) }));
  const { logId, logSize: size } = ledger.report();
  ledger.close();
  const log = { logId, leafAt: (at: number) => readLog(world.dataDirectory)[at]?.leaf ?? null };
  const index = new DecisionIndex(join(world.dataDirectory, INDEX_FILE), log);
  onTestFinished(() => index.close());
  return {
    world,
    dataDirectory: world.dataDirectory,
    size,
    decisionIds,
    index,
    log,
  };
}

test('a decision is found at its index, an unknown one is not, and both say how far the index has come', () => {
  const { dataDirectory, size, decisionIds, index } = decided(20);
  indexLog(dataDirectory);
  for (const [place, decisionId] of decisionIds.entries()) {
    expect(index.find(decisionId)).toEqual({ index: 3 + place, indexed: size });
  }
  expect(index.find(newDecisionId())).toEqual({ index: null, indexed: size });
});

test('while there is no index nothing is indexed, and one that comes later is used', () => {
  const { dataDirectory, size, decisionIds, index } = decided(1);
  expect(index.indexed()).toBe(0);
  indexLog(dataDirectory);
  expect(index.indexed()).toBe(size);
  expect(index.find(decisionIds[0] ?? '')).toEqual({ index: 3, indexed: size });
});

test('an index that was deleted is gone at once', () => {
  const { dataDirectory, decisionIds, index } = decided(1);
  indexLog(dataDirectory);
  index.indexed();
  removeIndex(dataDirectory);
  expect(index.find(decisionIds[0] ?? '')).toEqual({ index: null, indexed: 0 });
});

test('an index that was built again, a new file under the same name, is the one that is read', () => {
  const { world, dataDirectory, size, index } = decided(5);
  indexLog(dataDirectory);
  expect(index.indexed()).toBe(size);
  const ledger = world.open();
  const later = newDecisionId();
  settle(ledger, call({ base: [], items: [item({ decisionId: later })] }));
  ledger.close();
  // As the reader thread does it: deleted and made anew before the ledger looks again.
  removeIndex(dataDirectory);
  indexLog(dataDirectory);
  expect(index.find(later)).toEqual({ index: size, indexed: size + 1 });
});

test('the index of another log counts as none', () => {
  const { dataDirectory, decisionIds, log } = decided(1);
  indexLog(dataDirectory);
  const other = new DecisionIndex(join(dataDirectory, INDEX_FILE), { ...log, logId: 'f'.repeat(32) });
  onTestFinished(() => other.close());
  expect(other.find(decisionIds[0] ?? '')).toEqual({ index: null, indexed: 0 });
});

test('an index whose last record the log no longer has, or has another of, counts as none', () => {
  const { dataDirectory, size, decisionIds, log } = decided(2);
  indexLog(dataDirectory);
  for (const last of [null, log.leafAt(size - 2)]) {
    const leafAt = (at: number) => (at === size - 1 ? last : log.leafAt(at));
    const restored = new DecisionIndex(join(dataDirectory, INDEX_FILE), { ...log, leafAt });
    onTestFinished(() => restored.close());
    expect(restored.indexed()).toBe(0);
    expect(restored.find(decisionIds[0] ?? '')).toEqual({ index: null, indexed: 0 });
  }
});

test('a file that replaced the index by a rename is noticed too, also when it is no index', () => {
  const { dataDirectory, size, decisionIds, index } = decided(1);
  const path = join(dataDirectory, INDEX_FILE);
  indexLog(dataDirectory);
  expect(index.indexed()).toBe(size);
  copyFileSync(path, `${path}.kept`);
  writeFileSync(`${path}.new`, 'not a database');
  renameSync(`${path}.new`, path);
  expect(index.find(decisionIds[0] ?? '')).toEqual({ index: null, indexed: 0 });
  renameSync(`${path}.kept`, path);
  expect(index.find(decisionIds[0] ?? '')).toEqual({ index: 3, indexed: size });
});

test('a hit is believed only when the log has the decision there', () => {
  const { dataDirectory, size, decisionIds, log } = decided(2);
  indexLog(dataDirectory);
  const leafAt = (at: number) => {
    const leaf = log.leafAt(at);
    return at === 3 ? (leaf?.replace('"decision_id":"dec_', '"decision_id":"xxx_') ?? null) : leaf;
  };
  const edited = new DecisionIndex(join(dataDirectory, INDEX_FILE), { ...log, leafAt });
  onTestFinished(() => edited.close());
  expect(edited.find(decisionIds[0] ?? '')).toEqual({ index: null, indexed: size });
  expect(edited.find(decisionIds[1] ?? '')).toEqual({ index: 4, indexed: size });
});
