// Outcomes: the first of a decision stays, and only recorded decisions have one.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { indexLog } from '../../test/support/index-log.ts';
import {
  call,
  item,
  keyTerms,
  newDecisionId,
  openSeeded,
  report,
  settle,
  settleRequests,
} from '../../test/support/ledger-world.ts';
import { recordsOf } from '../../test/support/read-log.ts';
import type { OutcomeReport } from '../pdp/settle-port.ts';
import { INDEX_FILE } from './index-schema.ts';
import type { Ledger } from './ledger.ts';

function outcomes(ledger: Ledger, ...reports: readonly OutcomeReport[]): unknown {
  const [answer] = ledger.settle([{ kind: 'outcomes', reports }]);
  return answer?.kind === 'outcomes' ? answer.result : answer?.kind;
}

function decided(ledger: Ledger): string {
  const decisionId = newDecisionId();
  settle(ledger, call({ base: [], items: [item({ decisionId })] }));
  return decisionId;
}

test('the first outcome of a decision is recorded, later ones are not', () => {
  const { world, ledger } = openSeeded();
  const decisionId = decided(ledger);
  const failed = report(decisionId, { status: 'server_error', httpStatus: 0, errorCategory: 'bank_down' });
  expect(outcomes(ledger, report(decisionId), failed)).toEqual(['recorded', 'already_recorded']);
  expect(outcomes(ledger, failed)).toEqual(['already_recorded']);
  expect(recordsOf(world.dataDirectory, 'outcome')).toMatchObject([
    {
      decision_id: decisionId,
      decision_index: '3',
      status: 'success',
      http_status: 201,
      host: 'unauthenticated',
    },
  ]);
  ledger.close();
});

test('an outcome may ride in the group of its decision', () => {
  const { ledger } = openSeeded();
  const decisionId = newDecisionId();
  const answers = ledger.settle([
    ...settleRequests(call({ items: [item({ decisionId })] })),
    { kind: 'outcomes', reports: [report(decisionId)] },
  ]);
  expect(answers[1]).toEqual({ kind: 'outcomes', result: ['recorded'] });
  ledger.close();
});

test('decisions that were never made, or only counted in a window, are unknown', () => {
  const { ledger } = openSeeded();
  const items = Array.from({ length: 10 }, () => item());
  settle(ledger, call({ base: [keyTerms(1)], items }));
  const counted = items.at(-1)?.decisionId ?? '';
  expect(outcomes(ledger, report(newDecisionId()), report(counted), report('dec_malformed'))).toEqual([
    'decision_unknown',
    'decision_unknown',
    'decision_unknown',
  ]);
  ledger.close();
});

test('first stays first across a restart', () => {
  const { world, ledger } = openSeeded();
  const [one, other] = [decided(ledger), decided(ledger)];
  outcomes(ledger, report(one));
  ledger.close();
  const again = world.open();
  expect(outcomes(again, report(one), report(other))).toEqual(['already_recorded', 'recorded']);
  again.close();
});

test('decisions that left the memory are found through the search index', () => {
  const { world, ledger } = openSeeded();
  const old = decided(ledger);
  // More than a start looks through by itself.
  for (let group = 0; group < 20; group++) {
    settle(ledger, call({ base: [], items: Array.from({ length: 500 }, () => item()) }));
  }
  ledger.close();
  const again = world.open();
  expect(outcomes(again, report(old)), 'it cannot be told yet').toBe('unindexed');
  expect(outcomes(again, report(newDecisionId()), report(old))).toBe('unindexed');
  expect(recordsOf(world.dataDirectory, 'outcome')).toEqual([]);
  indexLog(world.dataDirectory);
  expect(outcomes(again, report(newDecisionId()), report(old))).toEqual(['decision_unknown', 'recorded']);
  again.close();
});

test('a log that was restored from a backup, beside the search index of the longer one, tells all decisions', () => {
  const { world, ledger } = openSeeded();
  const old = decided(ledger);
  ledger.close();
  const backup = world.crash();
  const again = world.open();
  const lost = decided(again);
  for (let more = 0; more < 50; more++) decided(again);
  again.close();
  indexLog(world.dataDirectory);
  copyFileSync(join(world.dataDirectory, INDEX_FILE), join(backup.dataDirectory, INDEX_FILE));
  const restored = backup.open();
  const made = [decided(restored), decided(restored)].map((decisionId) => report(decisionId));
  const told = ['recorded', 'decision_unknown'];
  expect(outcomes(restored, ...made.slice(0, 1), report(lost))).toEqual(told);
  indexLog(backup.dataDirectory, () => {});
  expect(outcomes(restored, ...made.slice(1), report(lost)), 'beside its own index').toEqual(told);
  expect(outcomes(restored, report(old), report(newDecisionId()))).toEqual(told);
  restored.close();
});
