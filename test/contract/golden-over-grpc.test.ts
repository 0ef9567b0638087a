// The golden decisions through a running sidecar, by each of the three ways to ask. Each answer is as
// expected, and its leaf is the one that the log has.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CheckResponse__Output } from '../../src/grpc/gen/postern/v1/CheckResponse.ts';
import { ENTRYPOINT } from '../../src/policy/bundle.ts';
import { loadBundleDirectory, writeBundle } from '../../src/policy/bundle-directory.ts';
import { leafProblems } from '../support/audit-record-schema.ts';
import { type GoldenFile, goldenFiles } from '../support/golden/golden-case.ts';
import { expectedOverGrpc, givenOverGrpc } from '../support/golden/golden-comparison.ts';
import { askGolden, makeSetup, WAYS, withCompany } from '../support/golden/golden-sidecar.ts';
import { DEFAULT_POLICIES } from '../support/policy/policy-directory.ts';
import { compileRego } from '../support/rego-module.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';
import { readRecords, verifyLog } from '../support/sidecar-log.ts';

const FILES = goldenFiles();
const SHIPPED = FILES.filter(({ golden }) => golden.over_grpc === 'shipped');
const CUSTOM = FILES.filter(({ golden }) => golden.over_grpc === 'custom');
const FLOODED = SHIPPED.filter(({ golden }) => golden.failures_before !== undefined);
/** A sidecar of many cases has many failures; the cases about those have one of their own. */
const PATIENT = { limits: { sourceFailures: { burst: 10_000 } } };
const RELAXED = { ledger: { durability: 'process' as const } };
const companyOf = (file: GoldenFile, way: string) =>
  `_${FILES.indexOf(file)}_${way.toLowerCase().slice(0, 5)}`;

/** Runs cases by every way; all differences are told, not the first alone. */
async function runCases(sidecar: RunningSidecar, files: readonly GoldenFile[]): Promise<void> {
  const answers: CheckResponse__Output[] = [];
  for (const file of files) {
    for (const way of WAYS) {
      const suffix = companyOf(file, way);
      const golden = withCompany(file.golden, suffix);
      const key = await makeSetup(sidecar, golden.setup, `cmp_aurora${suffix}`);
      const answer = await askGolden(sidecar, way, golden, key);
      const isCounted = answer.reason === 'REASON_SOURCE_THROTTLED';
      const expected = expectedOverGrpc(golden, key.keyId, isCounted);
      expect.soft(givenOverGrpc(answer), `${way}: ${file.name}`).toEqual(expected);
      expect.soft(answer.requestId).toBe(golden.request.request_id);
      answers.push(answer);
    }
  }
  await expectRecorded(sidecar, answers);
}

/** Every answer is in the log as it says, and the log is well-formed and whole. */
async function expectRecorded({ admin }: RunningSidecar, answers: readonly CheckResponse__Output[]) {
  const records = await readRecords(admin);
  expect(records.map(({ leaf }) => leafProblems(leaf)).filter((problem) => problem !== '')).toEqual([]);
  const windows = records.filter(({ kind }) => kind === 'window_opened');
  for (const { auditRecord, decisionId, policyRevision } of answers) {
    if (auditRecord?.windowId) {
      expect(windows.map(({ record }) => record['window_id'])).toContain(auditRecord.windowId);
      continue;
    }
    const logged = records[Number(auditRecord?.index)];
    expect(String(logged?.leaf)).toBe(String(auditRecord?.leaf));
    expect(logged?.record).toMatchObject({
      decision_id: decisionId,
      log_id: auditRecord?.logId,
      index: String(auditRecord?.index),
      check: { revision: policyRevision, listener: 'decision_unix' },
    });
  }
  expect(await verifyLog(admin)).toMatchObject({ ok: true, problem: '' });
}

/** A bundle that answers each company as its case says, or with what is no answer at all. */
async function bundleOf(files: readonly GoldenFile[]): Promise<string> {
  const shipped = await loadBundleDirectory(join(DEFAULT_POLICIES, 'bundle'));
  if (!shipped.ok) throw new Error(JSON.stringify(shipped.problems));
  const answers = Object.fromEntries(
    files.flatMap((file) =>
      WAYS.map((way) => {
        const suffix = companyOf(file, way);
        const { policy_answer: answer } = withCompany(file.golden, suffix);
        return [`cmp_aurora${suffix}`, answer];
      }).filter(([, answer]) => answer !== '[]' && answer !== null),
    ),
  );
  const data = { plans: shipped.bundle.data['plans'], answers };
  const wasm = await compileRego(
    'package postern\n\nimport rego.v1\n\ndecision := data.answers[input.company.id]\n',
  );
  const directory = mkdtempSync(join(tmpdir(), 'pst-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const manifest = { revision: 'custom', roots: [''], entrypoints: [ENTRYPOINT], metadata: {} };
  await writeBundle(directory, {
    revision: 'custom',
    wasm,
    data: {},
    dataJson: JSON.stringify(data),
    manifest: { ...manifest, builtWith: null, digest: null, reads: null },
  });
  return directory;
}

test('with the shipped policies', async () => {
  const sidecar = await startSidecar({ ...RELAXED, ...PATIENT });
  await runCases(
    sidecar,
    SHIPPED.filter((file) => !FLOODED.includes(file)),
  );
}, 120_000);

test.each(FLOODED)('in a sidecar of its own: $name', async (file) => {
  await runCases(await startSidecar(RELAXED), [file]);
});

test('with policies that answer otherwise', async () => {
  const path = await bundleOf(CUSTOM);
  await runCases(await startSidecar({ ...RELAXED, ...PATIENT, policy: { path } }), CUSTOM);
}, 60_000);

test('every case is either run here or belongs to a later part', () => {
  expect(SHIPPED.length + CUSTOM.length).toBeGreaterThanOrEqual(41);
  const later = FILES.filter(({ golden }) => golden.over_grpc === 'later').map(({ golden }) => golden);
  for (const golden of later) {
    const isImpossible =
      golden.later !== undefined ||
      golden.setup.company.status === 'closed' ||
      golden.setup.company.plan === 'forgotten';
    expect(isImpossible).toBe(true);
  }
});
