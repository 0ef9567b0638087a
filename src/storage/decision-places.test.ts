// Where the records of decisions are found: in bounded memory, then in the search index, and never by guess.
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { indexLog } from '../../test/support/index-log.ts';
import { call, item, newDecisionId, openSeeded, settle } from '../../test/support/ledger-world.ts';
import { openReader } from './database.ts';
import { DecisionPlaces } from './decision-places.ts';
import { LedgerRows } from './ledger-rows.ts';
import { LEDGER_FILE, LEDGER_PLAN } from './ledger-schema.ts';
import { deriveSecrets } from './secrets.ts';

/** More than memory holds, in groups as they come. */
const GROUP = 512;
const GROUPS = 300;

interface Opened {
  readonly places: DecisionPlaces;
  /** In the log, from index 3 on. */
  readonly logged: readonly string[];
  readonly size: number;
  readonly dataDirectory: string;
}

function open(decisions: number): Opened {
  const { world, ledger } = openSeeded();
  const logged = Array.from({ length: decisions }, newDecisionId);
  settle(ledger, call({ base: [], items: logged.map((decisionId) => item({ decisionId })) }));
  const { logId, logSize: size } = ledger.report();
  ledger.close();
  const { dataDirectory } = world;
  const database = openReader({ path: join(dataDirectory, LEDGER_FILE), plan: LEDGER_PLAN });
  const { rowMac } = deriveSecrets(Buffer.alloc(32, 7));
  const rows = new LedgerRows(database, { rowMac, onDamagedRow: () => {} });
  const places = new DecisionPlaces({ dataDirectory, logId, size, rows });
  onTestFinished(() => {
    places.close();
    database.close();
  });
  return { places, logged, size, dataDirectory };
}

/** Adds decisions as committed groups do; returns the first one of each group. */
function addGroups({ places, size }: Opened): readonly string[] {
  const first: string[] = [];
  for (let group = 0; group < GROUPS; group++) {
    const start = size + group * GROUP;
    const decisions = Array.from({ length: GROUP }, (_, at) => [newDecisionId(), start + at] as const);
    first.push(decisions[0]?.[0] ?? '');
    places.add(decisions);
  }
  return first;
}

test('a start finds the decisions that the index does not know yet', () => {
  const { places, logged } = open(10);
  expect(logged.map((decisionId) => places.find(decisionId))).toEqual(logged.map((_, at) => 3 + at));
  expect(places.find(newDecisionId())).toBe('unknown');
  expect(places.find('dec_none')).toBe('unknown');
});

test('memory is bounded: what it dropped before the index knew it cannot be told, and nothing is guessed', () => {
  const opened = open(1);
  const first = addGroups(opened);
  const { places, size } = opened;
  expect(places.find(first.at(-1) ?? '')).toBe(size + (GROUPS - 1) * GROUP);
  expect(places.find(first[0] ?? '')).toBe('unindexed');
  expect(places.find(newDecisionId())).toBe('unindexed');
  const kept = first.filter((decisionId) => places.find(decisionId) !== 'unindexed');
  // The newest 131,072 ids.
  expect(kept.length).toBeGreaterThan((7 * 16_384) / GROUP);
  expect(kept.length).toBeLessThanOrEqual((8 * 16_384) / GROUP);
});

test('what the index knows is found there, and leaves memory', () => {
  const opened = open(20);
  indexLog(opened.dataDirectory);
  addGroups(opened);
  const { places, logged } = opened;
  expect(logged.map((decisionId) => places.find(decisionId))).toEqual(logged.map((_, at) => 3 + at));
});
