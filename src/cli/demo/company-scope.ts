// Chapter: company scope (C6). A key of one company reaches nothing of another, whatever the caller
// writes into route, query or body, and learns nothing about it.
import { AURORA, answerText, BOREALIS, partnerError, partnerView, type Stage } from './stage.ts';
import type { StepRecorder } from './step-recorder.ts';

/** Resources as the host's own data has them. */
const BANK_OF_AURORA = { type: 'bank', id: 'bnk_aurora_1', companyId: AURORA };
const BANK_OF_BOREALIS = { type: 'bank', id: 'bnk_borealis_1', companyId: BOREALIS };

async function crossCompanySteps(stage: Stage, recorder: StepRecorder): Promise<void> {
  const key = await stage.createKey({ label: 'company scope', scopes: ['banks:*', 'payments:*'] });
  const check = async (request: Parameters<Stage['check']>[1]) => answerText(await stage.check(key, request));
  await recorder.step('a key reads its own company’s bank', `allow in ${AURORA}`, () =>
    check({ operation: 'banks.read', resource: BANK_OF_AURORA, claimedCompanyIds: [AURORA] }),
  );
  await recorder.step(
    'a key of cmp_aurora cannot read a bank of cmp_borealis',
    'deny resource_company_mismatch, partner sees 404',
    () => check({ operation: 'banks.read', resource: BANK_OF_BOREALIS }),
  );
  await recorder.step('it cannot change one either', 'deny resource_company_mismatch, partner sees 404', () =>
    check({ operation: 'banks.update', resource: BANK_OF_BOREALIS }),
  );
  await recorder.step(
    'it cannot create records under cmp_borealis',
    'deny claim_company_mismatch, partner sees 403',
    () => check({ operation: 'payments.create', claimedCompanyIds: [BOREALIS] }),
  );
  await recorder.step(
    'a company id in the body does not override the key’s company',
    'deny claim_company_mismatch, partner sees 403',
    () => check({ operation: 'payments.create', claimedCompanyIds: [AURORA, BOREALIS] }),
  );
  await recorder.step(
    'a company id in the route does not bypass it, even with a resource of one’s own',
    'deny claim_company_mismatch, partner sees 403',
    () => check({ operation: 'banks.read', resource: BANK_OF_AURORA, claimedCompanyIds: [BOREALIS] }),
  );
  await recorder.step(
    'an operation that needs the owner is denied without one',
    'deny resource_owner_missing, partner sees 404',
    () => check({ operation: 'banks.update', resource: { type: 'bank', id: 'bnk_aurora_1' } }),
  );
}

/** All cases. */
export async function companyScopeChapter(stage: Stage, recorder: StepRecorder): Promise<void> {
  recorder.chapter('Company scope: the caller never decides its company');
  await crossCompanySteps(stage, recorder);
  const key = await stage.createKey({ label: 'company scope', scopes: ['banks:*'] });
  await recorder.step('another company’s bank looks like one that is not there', 'identical', async () => {
    const foreign = await stage.check(key, { operation: 'banks.read', resource: BANK_OF_BOREALIS });
    const illFormed = await stage.check(key, {
      operation: 'banks.read',
      resource: { type: 'bank', id: '\u0007', companyId: AURORA },
    });
    return partnerError(foreign) === partnerError(illFormed) ? 'identical' : 'different';
  });
  await recorder.step('what the partner sees names no company', 'names none', async () => {
    const answers = [
      await stage.check(key, { operation: 'banks.read', resource: BANK_OF_BOREALIS }),
      await stage.check(key, { operation: 'banks.read', claimedCompanyIds: [BOREALIS] }),
    ];
    const seen = answers.map(partnerView).join();
    return seen.includes(AURORA) || seen.includes(BOREALIS) ? 'names one' : 'names none';
  });
  await recorder.step('a denied answer hands the host no company to run in', 'none', async () => {
    const answer = await stage.check(key, { operation: 'banks.read', claimedCompanyIds: [BOREALIS] });
    return answer.subject === null ? 'none' : answer.subject.companyId;
  });
}
