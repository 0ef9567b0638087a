/**
 * A policy is replaced while the sidecar answers: what is edited comes into force without a failed call, a
 * broken edit leaves the last good one in force and says where, and a replaced bundle counts as an edit.
 */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CheckLoad } from '../support/check-load.ts';
import { copyOfPolicies, DEFAULT_POLICIES, temporaryDirectory } from '../support/policy/policy-directory.ts';
import { tarGz } from '../support/policy/tar-archive.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';
import { readRecords } from '../support/sidecar-log.ts';
import { LAUNCHER } from '../support/sidecar-process.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

const COMPANY = 'cmp_aurora';
const PATIENCE = { timeout: 10_000, interval: 20 };
const OPERATIONS = 'operations/data.json';

const statusOf = ({ admin }: RunningSidecar) => admin.policy.status({});

/** Gives an operation another scope. Replaces the file as editors do. */
function requireScope(directory: string, operation: string, scope: string): void {
  const path = join(directory, OPERATIONS);
  const operations = JSON.parse(readFileSync(path, 'utf8'));
  operations[operation].scope = scope;
  const draft = `${path}~`;
  writeFileSync(draft, JSON.stringify(operations, null, 2));
  renameSync(draft, path);
}

async function serve(path: string, count = 1) {
  const sidecar = await startSidecar({
    policy: { path },
    evaluators: { count },
    ledger: { durability: 'process' },
  });
  await createCompany(sidecar.admin, COMPANY);
  const { secret: apiKey } = await createKey(sidecar.admin, COMPANY, { scopes: ['payments:read'] });
  return { sidecar, apiKey };
}

/** Asks until the status shows another revision: without a pause, because what counts is the next check. */
async function untilActivated(sidecar: RunningSidecar, before: string): Promise<string> {
  for (;;) {
    const { activeRevision, lastRefusal } = await statusOf(sidecar);
    if (activeRevision !== before) return activeRevision;
    expect(lastRefusal ?? null).toBeNull();
  }
}

test('every check sent after the status shows an edit is decided by it, and no call fails meanwhile', async () => {
  const path = copyOfPolicies();
  const { sidecar, apiKey } = await serve(path, 2);
  const problems: string[] = [];
  const answersBy = new Map<string, number>();
  let known = { revision: (await statusOf(sidecar)).activeRevision, reason: 'REASON_ALLOWED' };
  const past = new Set<string>();
  const clients = [sidecar.host, ...Array.from({ length: 8 }, () => sidecar.tcpClient())];
  const load = new CheckLoad({
    lanes: clients.map((client, place) => ({
      client,
      kind: (['unary', 'batch', 'stream'] as const)[place % 3] ?? 'unary',
      question: () => ({ apiKey, operation: 'payments.read' }),
    })),
    mark: () => known,
    onAnswer: ({ reason, policyRevision }, mark) => {
      answersBy.set(policyRevision, (answersBy.get(policyRevision) ?? 0) + 1);
      if (policyRevision === mark.revision && reason !== mark.reason)
        problems.push(`${reason} by ${mark.reason}`);
      if (policyRevision !== mark.revision && past.has(policyRevision)) problems.push('an older revision');
    },
    onError: (error) => problems.push(`${error.code}: ${error.message}`),
  });
  for (const scope of ['payments:write', 'payments:read', 'payments:export']) {
    requireScope(path, 'payments.read', scope);
    const revision = await untilActivated(sidecar, known.revision);
    past.add(known.revision);
    past.delete(revision);
    known = { revision, reason: scope === 'payments:read' ? 'REASON_ALLOWED' : 'REASON_SCOPE_MISSING' };
    const before = answersBy.get(revision) ?? 0;
    await expect.poll(() => answersBy.get(revision), PATIENCE).toBeGreaterThan(before + 200);
  }
  await load.stop();
  expect(problems).toEqual([]);
  expect((await statusOf(sidecar)).generation).toBe('4');
});

test('a broken edit keeps the last good policy and tells file and line, until it is repaired', async () => {
  const path = copyOfPolicies();
  const { sidecar, apiKey } = await serve(path);
  const good = (await statusOf(sidecar)).activeRevision;
  const file = join(path, 'postern/limits.rego');
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n');
  writeFileSync(file, [...lines.slice(0, 10), 'broken := not_a_function(1)', ...lines.slice(10)].join('\n'));
  await expect.poll(() => sidecar.metric('postern_policy_refusals_total'), PATIENCE).toBe(1);
  const refused = await statusOf(sidecar);
  expect(refused.activeRevision).toBe(good);
  expect(refused.lastRefusal?.problems[0]).toMatchObject({ file: 'postern/limits.rego', line: 11 });
  const [line] = sidecar.launched.logged('policy_refused');
  expect(String(line?.['problems'])).toContain('postern/limits.rego:11:');
  const check = () =>
    sidecar.host.authorization.check({ requestId: 'r', apiKey, operation: 'payments.read' });
  expect(await check()).toMatchObject({ reason: 'REASON_ALLOWED', policyRevision: good });

  writeFileSync(file, text);
  await expect.poll(async () => (await statusOf(sidecar)).lastRefusal ?? null, PATIENCE).toBeNull();
  expect((await statusOf(sidecar)).activeRevision).toBe(good);
  requireScope(path, 'payments.read', 'payments:write');
  const next = await untilActivated(sidecar, good);
  expect(await check()).toMatchObject({ reason: 'REASON_SCOPE_MISSING', policyRevision: next });
  const records = await readRecords(sidecar.admin);
  const events = records.filter(({ kind }) => kind === 'policy').map(({ record }) => record['event']);
  expect(events).toEqual(['activated', 'refused', 'activated']);
});

/** The default policies with a rule of their own directory that denies every check. */
function policiesThatBlock(): string {
  const decision = readFileSync(join(DEFAULT_POLICIES, 'postern/decision.rego'), 'utf8');
  const first = 'reason := "resource_company_mismatch" if {';
  const blocks = `reason := "policy_denied" if {\n\tdata.custom.blocked.is_blocked\n} else := "resource_company_mismatch" if {`;
  return copyOfPolicies({
    'postern/decision.rego': decision.replace(first, blocks),
    'custom/blocked.rego':
      'package custom.blocked\n\nimport rego.v1\n\nis_blocked if input.request.operation == "payments.read"\n',
  });
}

test('a directory of rules that becomes a link is refused by name, and its rules stay in force', async () => {
  const path = policiesThatBlock();
  const { sidecar, apiKey } = await serve(path);
  const check = () =>
    sidecar.host.authorization.check({ requestId: 'r', apiKey, operation: 'payments.read' });
  const denied = await check();
  expect(denied).toMatchObject({ reason: 'REASON_POLICY_DENIED' });
  renameSync(join(path, 'custom'), join(path, '.shared'));
  symlinkSync('.shared', join(path, 'custom'));
  await sidecar.launched.untilLogged('policy_refused', (line) =>
    String(line['problems']).includes('custom:0: Linked directories are not read: '),
  );
  expect(await check()).toMatchObject({
    reason: 'REASON_POLICY_DENIED',
    policyRevision: denied.policyRevision,
  });
});

/** Builds a bundle from sources with the command that the security team uses. */
function buildBundle(sources: string, output: string): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    [LAUNCHER, 'policy', 'build', sources, '--output', output],
    { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '' } },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
}

/** The same, as one file. */
function buildArchive(sources: string, output: string): void {
  const directory = join(temporaryDirectory(), 'bundle');
  buildBundle(sources, directory);
  const entries = readdirSync(directory).map((name) => ({
    name,
    bytes: readFileSync(join(directory, name)),
  }));
  writeFileSync(output, tarGz(entries));
}

test.each([
  { name: 'bundle', build: buildBundle },
  { name: 'bundle.tar.gz', build: buildArchive },
])('a replaced $name is loaded, and a cut one is refused', async ({ name, build }) => {
  const directory = temporaryDirectory();
  const sources = copyOfPolicies();
  const path = join(directory, name);
  build(sources, path);
  const { sidecar, apiKey } = await serve(path);
  const first = (await statusOf(sidecar)).activeRevision;
  requireScope(sources, 'payments.read', 'payments:write');
  const replacement = join(directory, `next-${name}`);
  build(sources, replacement);
  rmSync(path, { recursive: true });
  renameSync(replacement, path);
  const second = await untilActivated(sidecar, first);
  const answer = await sidecar.host.authorization.check({
    requestId: 'r',
    apiKey,
    operation: 'payments.read',
  });
  expect(answer).toMatchObject({ reason: 'REASON_SCOPE_MISSING', policyRevision: second });

  const wasm = name === 'bundle' ? join(path, 'policy.wasm') : path;
  const bytes = readFileSync(wasm);
  writeFileSync(wasm, bytes.subarray(0, bytes.length / 2));
  await expect.poll(() => sidecar.metric('postern_policy_refusals_total'), PATIENCE).toBeGreaterThan(0);
  expect(await statusOf(sidecar)).toMatchObject({ activeRevision: second, trust: 'unsigned' });
  expect((await sidecar.ops('/readyz')).status).toBe(200);
});
