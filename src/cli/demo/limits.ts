// Chapter: limits. Counted by key and by company, charged all or none, told to the caller with the time
// to wait. A company does not escape by creating keys.
import { durationUs } from '../timestamps.ts';
import { AURORA, answerText, type DemoKey, type Stage, tallyText } from './stage.ts';
import type { StepRecorder } from './step-recorder.ts';

/** Its own company, so that no other chapter has charged its counters. */
const LIMITED = 'cmp_cassiopeia';

/** Key whose company's exports are used up; the chapter after a restart asks again. */
export interface UsedUp {
  readonly key: DemoKey;
  readonly operation: string;
}

/** The standard plan allows 10 polls at once, and 60 checks of a key at once (policies/plans/data.json). */
async function burstSteps(stage: Stage, recorder: StepRecorder): Promise<void> {
  const key = await stage.createKey({ companyId: LIMITED, label: 'polls', scopes: ['results:read'] });
  await recorder.step(
    'a batch of 12 polls passes as far as the limit goes, by index',
    '10 × allow, 2 × policy_limit_exceeded',
    async () => tallyText(await stage.repeat(key, 'results.poll', 12)),
  );
  await recorder.step(
    'a limited answer says how long to wait',
    'a time to wait, and Retry-After',
    async () => {
      const [answer] = (await stage.repeat(key, 'results.poll', 12)).slice(-1);
      const isTimed =
        answer?.limits.some(({ refused, retryAfter }) => refused && durationUs(retryAfter) > 0) === true;
      const hasHeader =
        answer?.responseHeaders.some(({ name }) => name.toLowerCase() === 'retry-after') === true;
      return isTimed && hasHeader
        ? 'a time to wait, and Retry-After'
        : `time ${isTimed}, header ${hasHeader}`;
    },
  );
  const prober = await stage.createKey({ companyId: LIMITED, label: 'probes' });
  await recorder.step(
    'denied checks cost too: probing ends at the key’s base limit',
    '60 × scope_missing, 15 × base_limit_exceeded',
    async () => tallyText(await stage.repeat(prober, 'payments.create', 75)),
  );
}

/** Every case. Returns what is used up. */
export async function limitsChapter(stage: Stage, recorder: StepRecorder): Promise<UsedUp> {
  recorder.chapter('Limits: per key and per company');
  await stage.admin.companies.create({ companyId: LIMITED, label: 'Cassiopeia (fictional)' });
  await burstSteps(stage, recorder);
  const first = await stage.createKey({ companyId: LIMITED, label: 'exports', scopes: ['exports:*'] });
  const second = await stage.createKey({ companyId: LIMITED, label: 'exports too', scopes: ['exports:*'] });
  // An export costs 5 of a limit of 15 for the company and operation.
  await recorder.step(
    'three expensive exports use up the company’s limit',
    '3 × allow, 1 × policy_limit_exceeded',
    async () => tallyText(await stage.repeat(first, 'exports.create', 4)),
  );
  await recorder.step(
    'a second key of the company gets no further',
    'deny policy_limit_exceeded, partner sees 429',
    async () => answerText(await stage.check(second, { operation: 'exports.create' })),
  );
  const other = await stage.createKey({ companyId: AURORA, label: 'exports', scopes: ['exports:*'] });
  await recorder.step('another company is not touched by it', `allow in ${AURORA}`, async () =>
    answerText(await stage.check(other, { operation: 'exports.create' })),
  );
  return { key: second, operation: 'exports.create' };
}
