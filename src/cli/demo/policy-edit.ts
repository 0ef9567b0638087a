// Chapter: hot reload. A policy is edited in a temporary copy; the good edit takes effect without a
// restart, the broken one leaves the last good one in force and says why.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { policyStatusView } from '../policy.ts';
import { AURORA, answerText, type Stage } from './stage.ts';
import type { StepRecorder } from './step-recorder.ts';
import { waitUntil } from './wait-until.ts';

/** Compiling takes a second or two on a slow machine. */
const RELOAD_MS_MAX = 60_000;

async function statusOf(stage: Stage) {
  return policyStatusView(await stage.admin.policy.status({}));
}

/** Makes `accounts.list` need a scope that no key has. */
function tightenCatalogue(policyPath: string): void {
  const file = join(policyPath, 'operations', 'data.json');
  const catalogue = JSON.parse(readFileSync(file, 'utf8'));
  catalogue['accounts.list'].scope = 'accounts:audit';
  writeFileSync(file, `${JSON.stringify(catalogue, null, 2)}\n`);
}

async function brokenEditSteps(
  stage: Stage,
  recorder: StepRecorder,
  check: () => Promise<string>,
): Promise<void> {
  const file = join(stage.policyPath, 'postern', 'decision.rego');
  const good = { status: await statusOf(stage), text: readFileSync(file) };
  const revisionText = async () =>
    (await statusOf(stage)).active_revision === good.status.active_revision
      ? 'the same revision'
      : 'another revision';
  await recorder.step(
    'a broken edit is refused, with its file and line',
    'postern/decision.rego and a line',
    async () => {
      appendFileSync(file, '\nbroken if {\n');
      await waitUntil(async () => (await statusOf(stage)).last_refusal !== null, RELOAD_MS_MAX);
      const problem = (await statusOf(stage)).last_refusal?.problems[0];
      return `${problem?.file ?? 'no refusal'} and ${(problem?.line ?? 0) > 0 ? 'a line' : 'no line'}`;
    },
  );
  await recorder.step('the last good policy stays in force', 'the same revision', revisionText);
  await recorder.step('and goes on deciding', 'deny scope_missing, partner sees 403', check);
  await recorder.step(
    'once the edit is taken back, nothing is refused any more',
    'no refusal, the same revision',
    async () => {
      writeFileSync(file, good.text);
      await waitUntil(async () => (await statusOf(stage)).last_refusal === null, RELOAD_MS_MAX);
      return `${(await statusOf(stage)).last_refusal === null ? 'no' : 'a'} refusal, ${await revisionText()}`;
    },
  );
}

/** All cases. */
export async function policyEditChapter(stage: Stage, recorder: StepRecorder): Promise<void> {
  recorder.chapter('A policy edit: hot reload');
  const key = await stage.createKey({ label: 'policy edit', scopes: ['accounts:read'] });
  const check = async () => answerText(await stage.check(key, { operation: 'accounts.list' }));
  const before = await statusOf(stage);
  await recorder.step('an operation is allowed by its scope', `allow in ${AURORA}`, check);
  await recorder.step(
    'after an edit of the catalogue a new revision is in force',
    'a new revision',
    async () => {
      tightenCatalogue(stage.policyPath);
      await waitUntil(async () => {
        const status = await statusOf(stage);
        return status.active_revision !== before.active_revision || status.last_refusal !== null;
      }, RELOAD_MS_MAX);
      const { active_revision: revision, last_refusal: refusal } = await statusOf(stage);
      if (refusal !== null) return `refused: ${refusal.problems[0]?.message ?? 'without a reason'}`;
      return revision === before.active_revision ? 'the same revision' : 'a new revision';
    },
  );
  await recorder.step('the same call is now denied', 'deny scope_missing, partner sees 403', check);
  await brokenEditSteps(stage, recorder, check);
}
