// Metrics: closed label sets that exist from the start, and values as they are when read.
import { afterEach, expect, test } from 'vitest';
import { REASON_TABLE } from '../core/reason.ts';
import { Metrics } from './metrics.ts';

const made: Metrics[] = [];
afterEach(() => {
  for (const metrics of made.splice(0)) metrics.close();
});

function metricsWith(facts: { writable?: boolean; logSize?: number; indexed?: number } = {}): Metrics {
  const metrics = new Metrics({
    ledgerWritable: () => facts.writable ?? true,
    logSize: () => facts.logSize ?? 0,
    indexed: () => facts.indexed ?? 0,
    clockJumpPending: () => false,
    ready: () => true,
    policyGeneration: () => 3,
    policyAgeSeconds: () => 12.5,
    evaluatorsServing: () => 1,
  });
  made.push(metrics);
  return metrics;
}

async function valuesOf(metrics: Metrics): Promise<Map<string, number>> {
  const { body } = await metrics.exposition();
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

test('every reason is shown from the start, and counted under its effect', async () => {
  const metrics = metricsWith();
  metrics.addDecisions({ allowed: 5, key_revoked: 2 });
  metrics.addDecisions({ allowed: 1 });
  const values = await valuesOf(metrics);
  const decisions = [...values.keys()].filter((name) => name.startsWith('postern_decisions_total'));
  expect(decisions).toHaveLength(REASON_TABLE.length);
  expect(values.get('postern_decisions_total{effect="allow",reason="allowed"}')).toBe(6);
  expect(values.get('postern_decisions_total{effect="deny",reason="key_revoked"}')).toBe(2);
});

test('a name from outside never becomes a label', async () => {
  const metrics = metricsWith();
  const before = (await valuesOf(metrics)).size;
  metrics.addDecisions({ cmp_aurora: 1, allowed: 1 });
  metrics.addErrors({ 'cmp_aurora"} 1': 1, overloaded: 2 });
  const values = await valuesOf(metrics);
  expect(values.size).toBe(before);
  expect(values.get('postern_call_errors_total{code="overloaded"}')).toBe(2);
  expect(values.get('postern_call_errors_total{code="internal"}')).toBe(1);
});

test('gauges are read when somebody looks', async () => {
  const facts = { writable: true, logSize: 10, indexed: 4 };
  const metrics = metricsWith(facts);
  expect((await valuesOf(metrics)).get('postern_index_lag_records')).toBe(6);
  Object.assign(facts, { writable: false, indexed: 11 });
  const values = await valuesOf(metrics);
  expect(values.get('postern_ledger_writable')).toBe(0);
  expect(values.get('postern_index_lag_records')).toBe(0);
  expect(values.get('postern_policy_age_seconds')).toBe(12.5);
});

test('the delay of the event loop is shown', async () => {
  const names = [...(await valuesOf(metricsWith())).keys()];
  expect(names.some((name) => name.startsWith('nodejs_eventloop_lag'))).toBe(true);
});
