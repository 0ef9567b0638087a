// Chapter: credentials that do not work (K8). Seven cases, told apart in the log, and the same to the
// partner, who must not learn whether a key or a company exists.
import { randomBytes } from 'node:crypto';
import { formatKey, KEY_SECRET_BYTES } from '../../core/key-format.ts';
import type { CheckRequest } from '../../grpc/gen/postern/v1/CheckRequest.ts';
import type { CheckResponse__Output } from '../../grpc/gen/postern/v1/CheckResponse.ts';
import { parseTime } from '../timestamps.ts';
import { answerText, type DemoKey, partnerView, type Stage } from './stage.ts';
import type { StepRecorder } from './step-recorder.ts';
import { waitUntil } from './wait-until.ts';

/** How long the key of the expiry step lives. */
const LIFE_SECONDS = 2;

const READ: CheckRequest = { operation: 'session.read' };

/** Each case comes from an address of its own, so that none is throttled for another's failures. */
function readFrom(lastByte: number): CheckRequest {
  return { ...READ, source: { ip: `203.0.113.${lastByte}`, userAgent: 'postern-demo' } };
}

/** The same key with its last random character changed: the checksum no longer fits. */
function withOneCharacterChanged({ keyId, secret }: DemoKey): DemoKey {
  const at = secret.lastIndexOf('_') - 1;
  const changed = secret[at] === 'A' ? 'B' : 'A';
  return { keyId, secret: `${secret.slice(0, at)}${changed}${secret.slice(at + 1)}` };
}

interface Case {
  readonly step: string;
  readonly reason: string;
  readonly check: (request: CheckRequest) => Promise<CheckResponse__Output>;
}

async function expiredCheck(stage: Stage, request: CheckRequest): Promise<CheckResponse__Output> {
  const key = await stage.createKey({ label: 'expires', expiresAt: parseTime(`+${LIFE_SECONDS}s`) });
  let answer = await stage.check(key, request);
  await waitUntil(
    async () => {
      answer = await stage.check(key, request);
      return answer.effect !== 'EFFECT_ALLOW';
    },
    (LIFE_SECONDS + 10) * 1_000,
  );
  return answer;
}

async function credentialCases(stage: Stage): Promise<readonly Case[]> {
  const works = await stage.createKey({ label: 'works' });
  const revoked = await stage.createKey({ label: 'revoked' });
  const inactive = await stage.createKey({ label: 'deactivated' });
  const early = await stage.createKey({ label: 'not yet valid', notBefore: parseTime('+1h') });
  const test = await stage.createKey({ label: 'of the test environment', environment: 'test' });
  const elsewhere = await stage.createKey({ label: 'of one network', networks: ['192.0.2.0/24'] });
  await stage.admin.keys.revoke({ keyId: revoked.keyId, reason: 'demo' });
  await stage.admin.keys.deactivate({ keyId: inactive.keyId });
  const word = (secret: string): DemoKey => ({ keyId: '', secret });
  return [
    { step: 'no key', reason: 'key_missing', check: (request) => stage.check(null, request) },
    {
      step: 'something that is no key',
      reason: 'key_malformed',
      check: (request) => stage.check(word('open sesame'), request),
    },
    {
      step: 'a key with one changed character',
      reason: 'key_malformed',
      check: (request) => stage.check(withOneCharacterChanged(works), request),
    },
    {
      step: 'a well-formed key that nobody has',
      reason: 'key_unknown',
      check: (request) => stage.check(word(formatKey('pst', 'live', randomBytes(KEY_SECRET_BYTES))), request),
    },
    { step: 'a revoked key', reason: 'key_revoked', check: (request) => stage.check(revoked, request) },
    { step: 'a deactivated key', reason: 'key_inactive', check: (request) => stage.check(inactive, request) },
    {
      step: 'a key before its time',
      reason: 'key_not_yet_valid',
      check: (request) => stage.check(early, request),
    },
    { step: 'a key after its time', reason: 'key_expired', check: (request) => expiredCheck(stage, request) },
    {
      step: 'a test key on a live sidecar',
      reason: 'environment_mismatch',
      check: (request) => stage.check(test, request),
    },
    {
      step: 'a key outside its networks',
      reason: 'network_not_allowed',
      check: (request) => stage.check(elsewhere, request),
    },
  ];
}

async function scopeSteps(stage: Stage, recorder: StepRecorder): Promise<void> {
  const key = await stage.createKey({ label: 'may only read', scopes: ['payments:read'] });
  const check = async (operation: string) => answerText(await stage.check(key, { operation }));
  await recorder.step('a key with the scope', 'allow in cmp_aurora', () => check('payments.list'));
  await recorder.step('a key without the scope', 'deny scope_missing, partner sees 403', () =>
    check('payments.create'),
  );
  await recorder.step(
    'an operation that is not in the catalogue',
    'deny operation_unknown, partner sees 403',
    () => check('payments.delete_all'),
  );
}

async function floodSteps(stage: Stage, recorder: StepRecorder, burst: number): Promise<void> {
  const source = { ip: '203.0.113.9', userAgent: 'postern-demo' };
  const guess: DemoKey = { keyId: '', secret: 'guess' };
  await recorder.step(
    'too many failed attempts from one source',
    'deny source_throttled, partner sees 429',
    async () => {
      let answer = await stage.check(guess, { ...READ, source });
      for (let tries = 0; tries <= burst; tries += 1) answer = await stage.check(guess, { ...READ, source });
      return answerText(answer);
    },
  );
  const works = await stage.createKey({ label: 'works' });
  await recorder.step('a valid key from the same source still passes', 'allow in cmp_aurora', async () =>
    answerText(await stage.check(works, { ...READ, source })),
  );
}

/** All cases. The burst is that of the sidecar's limit of failures per source. */
export async function badCredentialsChapter(
  stage: Stage,
  recorder: StepRecorder,
  burst: number,
): Promise<void> {
  recorder.chapter('Credentials that do not work: one answer for all');
  const seen = new Set<string>();
  for (const [place, { step, reason, check }] of (await credentialCases(stage)).entries()) {
    await recorder.step(step, `deny ${reason}, partner sees 401`, async () => {
      const answer = await check(readFrom(100 + place));
      seen.add(partnerView(answer));
      return answerText(answer);
    });
  }
  await recorder.step('to the partner all of them are the same, byte for byte', '1 answer', async () =>
    seen.size === 1 ? '1 answer' : `${seen.size} answers`,
  );
  await scopeSteps(stage, recorder);
  await floodSteps(stage, recorder, burst);
}
