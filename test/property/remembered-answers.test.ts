/**
 * Checks that share a question share their answer: over the shipped policy's real module, and over whatever else a
 * policy may read. A question that left something out would give one company's answer to another.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fleetingOf, INPUT_LEAVES, type InputLeaf } from '../../src/core/input-leaves.ts';
import { encodeCompanyPart, encodeKeyPart, encodePolicyInput } from '../../src/core/policy-input.ts';
import { QuestionForm } from '../../src/core/question.ts';
import type { CompanyRecord, KeyRecord } from '../../src/core/registry.ts';
import type { CheckItem, CheckSource } from '../../src/core/request.ts';
import { compileModule, prepareEvaluator } from '../../src/policy/engine/prepare.ts';
import { loadPolicy } from '../../src/policy/load-policy.ts';
import { campaignRuns } from '../support/campaign.ts';
import { ROOMY } from '../support/rego-module.ts';

interface Facts {
  readonly key: KeyRecord;
  readonly company: CompanyRecord;
  readonly item: CheckItem;
  readonly source: CheckSource;
  readonly nowUs: number;
}

/** Few values for each member, so that many pairs agree in all that is read. */
const COMPANY_ID = fc.constantFrom('cmp_aurora', 'cmp_borealis');
const TIME = fc.constantFrom(null, 1_700_000_000_000_000, 1_900_000_000_000_000);
const STRUCT = fc.constantFrom(null, '{}', '{"note":"a"}', '{"note":"a\\u0001b","deep":[1,null]}');
const SCOPES = ['payments:*', 'payments:read', 'banks:*', 'results:read'];

const facts: fc.Arbitrary<Facts> = fc.record({
  key: fc.record({
    keyId: fc.constantFrom('key_1', 'key_2'),
    companyId: COMPANY_ID,
    status: fc.constantFrom('active', 'inactive', 'revoked'),
    environment: fc.constantFrom('live', 'test'),
    label: fc.string(),
    scopes: fc.subarray(SCOPES),
    networks: fc.subarray(['192.0.2.0/24', '2001:db8::/32']),
    createdAtUs: fc.constantFrom(1_600_000_000_000_000, 1_600_000_000_000_001),
    notBeforeUs: TIME,
    expiresAtUs: TIME,
    lastUsedAtUs: TIME,
    version: fc.nat(),
    revokedReason: fc.string(),
  }),
  company: fc.record({
    companyId: COMPANY_ID,
    status: fc.constantFrom('active', 'suspended'),
    plan: fc.constantFrom('standard', 'premium'),
    label: fc.string(),
    createdAtUs: fc.nat(),
    version: fc.nat(),
  }),
  item: fc.record({
    requestId: fc.string(),
    correlationId: fc.string(),
    operation: fc.constantFrom('payments.read', 'payments.create', 'banks.read', 'results.poll', 'unknown'),
    resource: fc.option(
      fc.record({
        type: fc.constantFrom('payment', 'bank'),
        id: fc.string(),
        companyId: fc.constantFrom('', 'cmp_aurora', 'cmp_borealis'),
        attributes: STRUCT,
      }),
    ),
    claimedCompanyIds: fc.array(COMPANY_ID, { maxLength: 2 }),
    cost: fc.constantFrom(0, 1, 50),
    context: STRUCT,
    faults: fc.constant({ resourceMalformed: false, claimMalformed: false }),
  }),
  source: fc.record({
    ip: fc.constantFrom(null, '192.0.2.1', '2001:db8::1'),
    userAgent: fc.constantFrom('', 'client/1', 'null'),
  }),
  nowUs: fc.constantFrom(1_800_000_000_000_000, 1_800_000_000_000_001),
});

function inputOf({ key, company, item, source, nowUs }: Facts): string {
  const keyPart = encodeKeyPart(key);
  const companyPart = encodeCompanyPart(company);
  return encodePolicyInput({ item, source, nowUs, keyPart, companyPart, environment: 'live' });
}

function questionOf(form: QuestionForm, { key, company, item, source }: Facts): string {
  return form.write(form.rowPart(key, company), item, source);
}

/** What of an input a policy sees that reads these leaves. */
function seenOf(leaves: readonly InputLeaf[], each: Facts): string {
  const input: unknown = JSON.parse(inputOf(each));
  const values = leaves.map((leaf) => {
    let value = input;
    for (const member of leaf.split('.')) value = Reflect.get(Object(value), member);
    return value === undefined ? 'absent' : [value];
  });
  return JSON.stringify([each.item.resource === null, values]);
}

test('two checks have the same question exactly when they agree in what is read', () => {
  const askable = INPUT_LEAVES.filter((leaf) => fleetingOf([leaf]).length === 0);
  const pairs = fc.tuple(fc.subarray(askable), facts, facts, fc.boolean());
  let alike = 0;
  fc.assert(
    fc.property(pairs, ([leaves, one, another, isClose]) => {
      // Half of the pairs differ in the item alone, or few of many leaves would ever agree.
      const other = isClose ? { ...one, item: another.item } : another;
      const form = new QuestionForm(leaves);
      const isSeenAlike = seenOf(leaves, one) === seenOf(leaves, other);
      if (isSeenAlike) alike += 1;
      expect(questionOf(form, one) === questionOf(form, other)).toBe(isSeenAlike);
    }),
    campaignRuns(20_000),
  );
  expect(alike).toBeGreaterThan(100);
});

test('the shipped policy answers equal questions equally', async () => {
  const loaded = await loadPolicy('policies');
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { wasm, dataJson, revision, manifest } = loaded.bundle;
  const compiled = await compileModule(wasm);
  if (!compiled.ok || manifest.reads === null) throw new Error('the shipped bundle is not whole');
  const parts = { module: compiled.module, data: dataJson, revision, generation: 1, limits: ROOMY };
  const prepared = prepareEvaluator({ ...parts, reads: manifest.reads });
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
  const form = new QuestionForm(manifest.reads);
  const answers = new Map<string, string>();
  let repeated = 0;
  fc.assert(
    fc.property(facts, (each) => {
      const evaluation = prepared.evaluator.evaluate(inputOf(each));
      const answer = evaluation.ok ? evaluation.output : evaluation.problem;
      const question = questionOf(form, each);
      const before = answers.get(question);
      if (before !== undefined) repeated += 1;
      expect(before ?? answer).toBe(answer);
      answers.set(question, answer);
    }),
    campaignRuns(20_000),
  );
  expect(repeated).toBeGreaterThan(500);
  expect(new Set(answers.values()).size).toBeGreaterThan(5);
});
