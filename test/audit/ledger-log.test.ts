// A log that the real ledger wrote: every record fits the published schema, verifies, and is found.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import canonicalize from 'canonicalize';
import { expect, onTestFinished, test } from 'vitest';
import { commitAll } from '../../src/core/commitment.ts';
import { encodeCheckFragment, encodePolicyFragment } from '../../src/core/decision-leaf.ts';
import { LEAF_KINDS } from '../../src/core/leaf.ts';
import type { Reason } from '../../src/core/reason.ts';
import type { StoredRecord, VerifyResult } from '../../src/pdp/audit-port.ts';
import { EVERY_RECORD } from '../../src/pdp/audit-port.ts';
import type { SettleCall, SettleItem } from '../../src/pdp/settle-port.ts';
import { Ledger } from '../../src/storage/ledger.ts';
import { LogReader } from '../../src/storage/reader/log-reader.ts';
import { saltedHash } from '../../src/storage/salted-hash.ts';
import {
  apply,
  call,
  createKeyCommand,
  failure,
  item,
  LedgerWorld,
  settle,
} from '../support/ledger-world.ts';
import { keyId } from '../support/log-writer.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const KEY_ID = keyId(1);
const FOREVER = new AbortController().signal;
const schema: unknown = JSON.parse(
  readFileSync(new URL('../../docs/schemas/audit-record.schema.json', import.meta.url), 'utf8'),
);
const isRecord = new Ajv2020({ allowUnionTypes: true }).compile(schema as object);

/** An item as an evaluator makes it. */
function checkItem(world: LedgerWorld, reason: Reason, keyIdOrNull: string | null): SettleItem {
  const { commitments, private: kept } = commitAll(
    [{ field: 'source_ip', value: '192.0.2.1' }],
    () => world.nextHex(32),
    saltedHash,
  );
  const check = encodeCheckFragment({
    authentication: keyIdOrNull === null ? reason : null,
    claims: 0,
    commitments,
    companyId: keyIdOrNull === null ? null : 'cmp_aurora',
    correlationId: 'corr-1',
    environment: 'live',
    evaluatedAtUs: world.wallUs,
    keyId: keyIdOrNull,
    listener: 'decision_tcp',
    operation: 'payments.create',
    requestId: `req-${world.nextHex(4)}`,
    resourceType: '',
    revision: 'f'.repeat(64),
  });
  const policy = encodePolicyFragment({
    code: '',
    cost: 1,
    evaluationUs: 9,
    flags: [],
    labels: {},
    obligations: [],
    reason,
  });
  return item({ reason, check, policy: keyIdOrNull === null ? '' : policy, private: kept });
}

function openLedger(world: LedgerWorld): Ledger {
  const options = world.options();
  const windowId = (): string => `win_019b76da-b000-7d2f-8e11-${world.nextHex(12)}`;
  return new Ledger({ ...options, world: { ...options.world, ids: { ...options.world.ids, windowId } } });
}

/** Something of everything: admin, policy, decisions, windows of both kinds, an outcome, an unclean stop. */
function writeEverything(world: LedgerWorld): void {
  const ledger = openLedger(world);
  apply(ledger, { kind: 'create_company', companyId: 'cmp_aurora', plan: 'standard', label: 'Aurora' });
  apply(ledger, createKeyCommand(KEY_ID));
  apply(ledger, {
    kind: 'policy_activated',
    revision: 'f'.repeat(64),
    source: 'policies/',
    trust: 'unsigned',
    generation: 1,
  });
  apply(ledger, {
    kind: 'policy_refused',
    revision: '',
    source: 'policies/',
    problems: [{ file: 'policies/a.rego', line: 3, message: 'unexpected token' }],
  });
  const subject = call().subject;
  const valid = (over: Partial<SettleCall> = {}): SettleCall =>
    call({
      subject: subject === null ? null : { ...subject, keyId: KEY_ID },
      generation: 1,
      epoch: world.control.epoch(),
      items: [checkItem(world, 'allowed', KEY_ID)],
      ...over,
    });
  const allowed = valid();
  settle(ledger, allowed);
  const decisionId = allowed.items[0]?.decisionId ?? '';
  const report = { decisionId, status: 'success', httpStatus: 201, errorCategory: '' } as const;
  ledger.settle([{ kind: 'outcomes', reports: [report] }]);
  for (let n = 0; n < 25; n++) settle(ledger, valid());
  for (let n = 0; n < 12; n++) {
    settle(ledger, failure({ generation: 1, items: [checkItem(world, 'key_unknown', null)] }));
  }
  // Both windows are still open when the process ends without a stop: the next start closes them.
}

async function readAll(reader: LogReader): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const chunk of reader.tail(0, EVERY_RECORD, true, FOREVER)) records.push(...chunk);
  return records;
}

test('every record of the real ledger fits the schema, is canonical, verifies and is found', async () => {
  const world = new LedgerWorld(temporaryDirectory());
  writeEverything(world);
  world.pass(60_000_000);
  const ledger = openLedger(world);
  onTestFinished(() => ledger.close());
  const reader = LogReader.open({
    dataDirectory: world.dataDirectory,
    logSize: () => world.control.logSize(),
    onProblem: (problem) => {
      throw problem;
    },
  });
  onTestFinished(() => reader.close());

  const records = await readAll(reader);
  const kinds = new Map<string, number>();
  for (const { leaf, index } of records) {
    const record = JSON.parse(leaf) as { readonly kind: string };
    expect(isRecord(record), `${index} ${leaf} ${JSON.stringify(isRecord.errors)}`).toBe(true);
    expect(canonicalize(record)).toBe(leaf);
    kinds.set(record.kind, (kinds.get(record.kind) ?? 0) + 1);
  }
  expect([...kinds.keys()].sort()).toEqual(
    LEAF_KINDS.filter((kind) => kind !== 'erased' && kind !== 'recovered').sort(),
  );

  let result: VerifyResult | null = null;
  for await (const progress of reader.verify(0, FOREVER)) result = progress.result;
  expect(result).toMatchObject({ ok: true, problem: '' });

  for (const [kind, count] of kinds) {
    const page = await reader.query({ ...EVERY_RECORD, kinds: [kind] }, 1_000, '');
    expect(page.records).toHaveLength(count);
  }
  const refused = await reader.query({ ...EVERY_RECORD, reasons: ['base_limit_exceeded'] }, 1_000, '');
  expect(refused.records.length).toBeGreaterThan(1);
  const failed = await reader.query({ ...EVERY_RECORD, reasons: ['source_throttled'] }, 1_000, '');
  const kindOf = ({ leaf }: StoredRecord) => (JSON.parse(leaf) as { readonly kind: string }).kind;
  expect(failed.records.map(kindOf)).toEqual(['window_closed', 'window_opened']);
});
