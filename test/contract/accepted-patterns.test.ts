// Other key formats as the configuration takes them: what `--check-config` lets through starts, and means
// the same to the evaluator. A credential of such a format is looked up; what only begins with it is not.
import { expect, test } from 'vitest';
import { startSidecar } from '../support/sidecar.ts';

test('accepted patterns are compiled as they were checked: without the flag u, for whole credentials', async () => {
  const acceptedPatterns = ['ak\\-[a-z0-9]{32}', 'old|older'];
  const { host } = await startSidecar({ keys: { acceptedPatterns } });
  const reasonOf = async (apiKey: string) => {
    const answer = await host.authorization.check({ requestId: 'r', operation: 'banks.read', apiKey });
    return answer.reason;
  };
  const ofFormat = `ak-${'a1'.repeat(16)}`;
  expect(await reasonOf(ofFormat)).toBe('REASON_KEY_UNKNOWN');
  expect(await reasonOf('older')).toBe('REASON_KEY_UNKNOWN');
  expect(await reasonOf(`${ofFormat}0`)).toBe('REASON_KEY_MALFORMED');
  expect(await reasonOf('oldest')).toBe('REASON_KEY_MALFORMED');
});
