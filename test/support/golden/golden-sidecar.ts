// A golden case in a running sidecar: its setup made through the admin services, its call sent in each of
// the three ways. Every case and way has a company of its own, so that many share one sidecar.
import { formatKey } from '../../../src/core/key-format.ts';
import type { CheckRequest } from '../../../src/grpc/gen/postern/v1/CheckRequest.ts';
import type { CheckResponse__Output } from '../../../src/grpc/gen/postern/v1/CheckResponse.ts';
import type { RunningSidecar } from '../sidecar.ts';
import { createCompany, createKey, type MadeKey } from '../sidecar-registry.ts';
import type { GoldenCase } from './golden-case.ts';

export const WAYS = ['Check', 'BatchCheck', 'StreamCheck'] as const;
export type Way = (typeof WAYS)[number];

/** Shaped like a key, and nobody's. */
export const UNKNOWN_KEY = formatKey('pst', 'live', new Uint8Array(32).fill(2));

/** The case with every mention of its company, in whatever case, continued by a suffix. */
export function withCompany(golden: GoldenCase, suffix: string): GoldenCase {
  return JSON.parse(JSON.stringify(golden).replaceAll(/cmp_aurora/gi, (id) => id + suffix));
}

/** Seconds since the epoch on the ledger's clock. */
async function nowS({ admin }: RunningSidecar): Promise<number> {
  const { clock } = await admin.system.status({});
  return Number(clock?.now?.seconds) + Number(clock?.now?.nanos) / 1e9;
}

/** Makes company and key as the setup says. A time that has passed is waited for. */
export async function makeSetup(
  sidecar: RunningSidecar,
  { company, key }: GoldenCase['setup'],
  companyId: string,
): Promise<MadeKey> {
  const { admin } = sidecar;
  await createCompany(admin, companyId, company.plan);
  const startS = Math.floor(await nowS(sidecar));
  const { not_before_in_s: notBefore, expires_in_s: expires, environment, scopes } = key;
  const expiresS = expires === undefined ? null : startS + Math.max(expires, 2);
  const made = await createKey(admin, companyId, {
    environment,
    scopes: [...scopes],
    networks: [...(key.networks ?? [])],
    ...(notBefore === undefined ? {} : { notBefore: { seconds: startS + notBefore } }),
    ...(expiresS === null ? {} : { expiresAt: { seconds: expiresS } }),
  });
  if (key.status === 'revoked') await admin.keys.revoke({ keyId: made.keyId });
  if (key.status === 'inactive') await admin.keys.deactivate({ keyId: made.keyId });
  if (company.status === 'suspended') await admin.companies.suspend({ companyId });
  if (expires !== undefined && expires <= 0) while ((await nowS(sidecar)) < Number(expiresS));
  return made;
}

/** The case's last call, after the calls that it says come before. */
export async function askGolden(
  { host }: RunningSidecar,
  way: Way,
  golden: GoldenCase,
  key: MadeKey,
): Promise<CheckResponse__Output> {
  const { apiKey, source, ...item } = wireRequest(golden, key);
  const caller = { ...(apiKey === undefined ? {} : { apiKey }), source: source ?? null };
  const failures = Array.from({ length: golden.failures_before ?? 0 }, (_, at) =>
    host.authorization.check({ ...item, source: caller.source, requestId: `f-${at}`, apiKey: UNKNOWN_KEY }),
  );
  const items = Array.from({ length: golden.calls_before ?? 0 }, (_, at) => ({
    ...item,
    requestId: `b-${at}`,
  }));
  // Nothing is awaited between: at one time, or as near to it as two messages of one connection are.
  if (way === 'BatchCheck') {
    const { results } = await host.authorization.batchCheck({ ...caller, items: [...items, item] });
    await Promise.all(failures);
    return answered(results.at(-1)?.response);
  }
  const before = items.length === 0 ? null : host.authorization.batchCheck({ ...caller, items });
  const answer = await (way === 'Check'
    ? host.authorization.check({ ...caller, ...item })
    : askStream(host, { ...caller, ...item }));
  await Promise.all([before, ...failures]);
  return answered(answer);
}

async function askStream(host: RunningSidecar['host'], request: CheckRequest) {
  const stream = host.authorization.openStream();
  const answer = await stream.check(request);
  await stream.close();
  return answer;
}

function answered(answer: CheckResponse__Output | null | undefined): CheckResponse__Output {
  if (answer === null || answer === undefined) throw new Error('the item was not answered by a decision');
  return answer;
}

function wireRequest({ request }: GoldenCase, { secret }: MadeKey): CheckRequest {
  const { credential, resource, source } = request;
  const texts = { issued: secret, unknown: UNKNOWN_KEY, none: undefined };
  const apiKey = typeof credential === 'string' ? texts[credential] : credential.text;
  return {
    requestId: request.request_id,
    operation: request.operation,
    claimedCompanyIds: [...(request.claimed_company_ids ?? [])],
    cost: request.cost ?? 0,
    resource: resource
      ? { type: resource.type, id: resource.id, companyId: resource.company_id ?? '' }
      : null,
    source: source ? { ip: source.ip, userAgent: source.user_agent ?? '' } : null,
    ...(apiKey === undefined ? {} : { apiKey }),
  };
}
