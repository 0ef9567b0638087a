// Chapter: a restart, and what the audit log holds. Counters and revocations survive, records carry the
// resolved company, the log verifies, and no key is in any file.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckResponse__Output } from '../../grpc/gen/postern/v1/CheckResponse.ts';
import { enumName } from '../enum-name.ts';
import { recordView } from '../record-view.ts';
import type { UsedUp } from './limits.ts';
import { AURORA, answerText, BOREALIS, type DemoKey, type Stage } from './stage.ts';
import type { StepRecorder } from './step-recorder.ts';
import { waitUntil } from './wait-until.ts';

const INDEX_MS_MAX = 20_000;

/** Reads a member of a parsed leaf. */
function memberOf(leaf: unknown, ...path: readonly string[]): unknown {
  let inner = leaf;
  for (const name of path)
    inner = typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined;
  return inner;
}

async function leafOf(stage: Stage, answer: CheckResponse__Output): Promise<unknown> {
  const filter = { decisionId: answer.decisionId, kinds: ['decision'] };
  let found: unknown = null;
  await waitUntil(async () => {
    const { records } = await stage.admin.audit.query({ filter });
    found = records[0] === undefined ? null : recordView(records[0]).record;
    return found !== null;
  }, INDEX_MS_MAX);
  return found;
}

/** After the restart. */
export async function restartChapter(
  stage: Stage,
  recorder: StepRecorder,
  before: { readonly usedUp: UsedUp; readonly revoked: DemoKey },
): Promise<void> {
  recorder.chapter('A restart: nothing is forgotten');
  const logBefore = (await stage.admin.system.status({})).ledger;
  await recorder.step(
    'the sidecar stops and starts over the same data',
    'the same log, not shorter',
    async () => {
      await stage.restart();
      const logAfter = (await stage.admin.system.status({})).ledger;
      const isSame = logAfter?.logId === logBefore?.logId;
      const isWhole = Number(logAfter?.logSize) >= Number(logBefore?.logSize);
      return `${isSame ? 'the same' : 'another'} log, ${isWhole ? 'not shorter' : 'shorter'}`;
    },
  );
  await recorder.step(
    'a used-up limit is still used up',
    'deny policy_limit_exceeded, partner sees 429',
    async () => answerText(await stage.check(before.usedUp.key, { operation: before.usedUp.operation })),
  );
  await recorder.step('a revoked key is still revoked', 'deny key_revoked, partner sees 401', async () =>
    answerText(await stage.check(before.revoked, { operation: 'session.read' })),
  );
}

async function outcomeSteps(
  stage: Stage,
  recorder: StepRecorder,
  answer: CheckResponse__Output,
): Promise<void> {
  const report = async () => {
    const outcome = { decisionId: answer.decisionId, status: 'STATUS_SUCCESS', httpStatus: 201 } as const;
    const { results } = await stage.host.authorization.reportOutcomes({ outcomes: [outcome] });
    return enumName(results[0]?.state ?? '', 'STATE_');
  };
  await recorder.step('the host reports what it did', 'recorded', report);
  await recorder.step('the first report stays', 'already_recorded', report);
}

/** What a file of the data directory holds, secrets looked for. */
function filesWithSecrets(directory: string, secrets: readonly string[]): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files.filter((entry) => {
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    return secrets.some((secret) => bytes.includes(secret));
  }).length;
}

/** The log. */
export async function auditChapter(stage: Stage, recorder: StepRecorder): Promise<void> {
  recorder.chapter('The audit log');
  const key = await stage.createKey({ label: 'audit', scopes: ['payments:*'] });
  const denied = await stage.check(key, { operation: 'payments.create', claimedCompanyIds: [BOREALIS] });
  await recorder.step(
    'the record of a denied call carries the resolved company',
    `${AURORA}, claim_company_mismatch`,
    async () => {
      const leaf = await leafOf(stage, denied);
      return `${memberOf(leaf, 'check', 'company_id')}, ${memberOf(leaf, 'reason')}`;
    },
  );
  const allowed = await stage.check(key, { operation: 'payments.create' });
  await recorder.step('an answer names its record, as it is stored', 'the stored bytes', async () => {
    const index = allowed.auditRecord?.index ?? '';
    for await (const { records } of stage.admin.audit.tail({ fromIndex: index, stopAtEnd: true })) {
      const stored = records.find((record) => record.index === index);
      if (stored !== undefined) {
        return stored.leaf.equals(allowed.auditRecord?.leaf ?? Buffer.of())
          ? 'the stored bytes'
          : 'other bytes';
      }
    }
    return 'no such record';
  });
  await outcomeSteps(stage, recorder, allowed);
  await recorder.step(
    'the whole log verifies',
    'agrees with itself, and with the sidecar’s root',
    async () => {
      for await (const { result } of stage.admin.audit.verify({ progressEvery: 100_000 })) {
        if (result === null) continue;
        const root = (await stage.admin.system.status({})).ledger?.rootHash;
        const isSame = root !== undefined && result.rootHash.equals(root);
        return result.ok
          ? `agrees with itself, and with ${isSame ? 'the sidecar’s' : 'another'} root`
          : result.problem;
      }
      return 'no result';
    },
  );
}

/** After the sidecar has ended: opening its files earlier could drop the locks it holds on them. */
export async function filesChapter(stage: Stage, recorder: StepRecorder): Promise<void> {
  await recorder.step('no key is in any file of the data directory', '0 files', async () => {
    return `${filesWithSecrets(stage.dataDirectory, stage.secrets)} files`;
  });
}
