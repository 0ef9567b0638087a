// Chapter: revocation and suspension take effect with their answer: the next check is denied.
import { AURORA, answerText, BOREALIS, type DemoKey, type Stage } from './stage.ts';
import type { StepRecorder } from './step-recorder.ts';

/** All cases. Returns the revoked key, to be tried again after a restart. */
export async function revocationChapter(stage: Stage, recorder: StepRecorder): Promise<DemoKey> {
  recorder.chapter('Revocation and suspension: at once');
  const key = await stage.createKey({ label: 'to be revoked' });
  const check = async (one: DemoKey) => answerText(await stage.check(one, { operation: 'session.read' }));
  await recorder.step('a key works', `allow in ${AURORA}`, () => check(key));
  await recorder.step(
    'the check after its revocation is denied',
    'deny key_revoked, partner sees 401',
    async () => {
      await stage.admin.keys.revoke({ keyId: key.keyId, reason: 'demo' });
      return check(key);
    },
  );
  await recorder.step('a revoked key cannot be activated again', 'refused', async () => {
    const wasRefused = await stage.admin.keys.activate({ keyId: key.keyId }).then(
      () => false,
      () => true,
    );
    return wasRefused ? 'refused' : 'activated';
  });
  const reversible = await stage.createKey({ label: 'to be deactivated' });
  await recorder.step(
    'a deactivated key works again once it is activated',
    `allow in ${AURORA}`,
    async () => {
      await stage.admin.keys.deactivate({ keyId: reversible.keyId });
      await stage.admin.keys.activate({ keyId: reversible.keyId });
      return check(reversible);
    },
  );
  const other = await stage.createKey({ companyId: BOREALIS, label: 'of a company to be suspended' });
  await recorder.step('a key of cmp_borealis works', `allow in ${BOREALIS}`, () => check(other));
  await recorder.step(
    'the check after its company’s suspension is denied',
    'deny company_inactive, partner sees 401',
    async () => {
      await stage.admin.companies.suspend({ companyId: BOREALIS, reason: 'demo' });
      return check(other);
    },
  );
  await recorder.step('keys of other companies go on', `allow in ${AURORA}`, () => check(reversible));
  await recorder.step('a reactivated company’s key works again', `allow in ${BOREALIS}`, async () => {
    await stage.admin.companies.reactivate({ companyId: BOREALIS });
    return check(other);
  });
  return key;
}
