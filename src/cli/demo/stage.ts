// What the demo's chapters share: the temporary sidecar, clients of it, companies and keys, and short
// texts for answers that can be compared. All of it over real gRPC, as a host and an admin would.
import { randomUUID } from 'node:crypto';
import { connect, type SidecarClient } from '../../client/connect.ts';
import type { CheckRequest } from '../../grpc/gen/postern/v1/CheckRequest.ts';
import type { CheckResponse__Output } from '../../grpc/gen/postern/v1/CheckResponse.ts';
import type { CreateKeyRequest } from '../../grpc/gen/postern/v1/CreateKeyRequest.ts';
import { effectName, reasonName } from '../enum-name.ts';
import type { TemporarySidecar } from '../ports.ts';

/** The fictional companies: every key belongs to the first unless a chapter says otherwise. */
export const AURORA = 'cmp_aurora';
export const BOREALIS = 'cmp_borealis';

export interface DemoKey {
  readonly keyId: string;
  readonly secret: string;
}

/** The running sidecar and what was made in it. */
export class Stage {
  readonly dataDirectory: string;
  /** A copy of the policies that the demo may edit. */
  readonly policyPath: string;
  readonly secrets: string[] = [];
  #sidecar: TemporarySidecar;
  #host: SidecarClient;
  #admin: SidecarClient;

  constructor(
    sidecar: TemporarySidecar,
    paths: { readonly dataDirectory: string; readonly policyPath: string },
  ) {
    this.dataDirectory = paths.dataDirectory;
    this.policyPath = paths.policyPath;
    this.#sidecar = sidecar;
    this.#host = connect({ address: sidecar.address });
    this.#admin = connect({ address: sidecar.admin });
  }

  get host(): SidecarClient {
    return this.#host;
  }

  get admin(): SidecarClient {
    return this.#admin;
  }

  async restart(): Promise<void> {
    this.#close();
    this.#sidecar = await this.#sidecar.restart();
    this.#host = connect({ address: this.#sidecar.address });
    this.#admin = connect({ address: this.#sidecar.admin });
  }

  async stop(): Promise<void> {
    this.#close();
    await this.#sidecar.stop();
  }

  async createKey(request: Omit<CreateKeyRequest, 'requestId'>): Promise<DemoKey> {
    const created = await this.#admin.keys.create({
      companyId: AURORA,
      environment: 'live',
      ...request,
      requestId: `demo-${randomUUID()}`,
    });
    this.secrets.push(created.secret);
    return { keyId: created.key?.keyId ?? '', secret: created.secret };
  }

  /** One check. The source is a documentation address unless the chapter names one. */
  check(key: DemoKey | null, request: CheckRequest): Promise<CheckResponse__Output> {
    return this.#host.authorization.check({
      requestId: `demo-${randomUUID()}`,
      source: { ip: '198.51.100.10', userAgent: 'postern-demo' },
      ...(key === null ? {} : { apiKey: key.secret }),
      ...request,
    });
  }

  /** The same operation so many times in one transaction, at one time: counters do not refill in between. */
  async repeat(key: DemoKey, operation: string, times: number): Promise<readonly CheckResponse__Output[]> {
    const items = Array.from({ length: times }, () => ({ requestId: `demo-${randomUUID()}`, operation }));
    const source = { ip: '198.51.100.10', userAgent: 'postern-demo' };
    const { results } = await this.#host.authorization.batchCheck({ apiKey: key.secret, source, items });
    return results.flatMap(({ response }) => response ?? []);
  }

  #close(): void {
    this.#host.close();
    this.#admin.close();
  }
}

/** `allow in cmp_aurora`, or `deny key_revoked, partner sees 401`. */
export function answerText(answer: CheckResponse__Output): string {
  if (answer.effect === 'EFFECT_ALLOW') return `allow in ${answer.subject?.companyId ?? 'no company'}`;
  const seen = answer.publicError?.httpStatus ?? 0;
  return `${effectName(answer.effect)} ${reasonName(answer.reason)}, partner sees ${seen}`;
}

/** Everything of an answer that may reach the partner, byte for byte. */
export function partnerView(answer: CheckResponse__Output): string {
  return JSON.stringify([answer.publicError, answer.responseHeaders]);
}

/** The error that may reach the partner, byte for byte. */
export function partnerError(answer: CheckResponse__Output): string {
  return JSON.stringify(answer.publicError);
}

/** `10 × allow, 2 × policy_limit_exceeded`, in the order in which they first came. */
export function tallyText(answers: readonly CheckResponse__Output[]): string {
  const tally = new Map<string, number>();
  for (const { effect, reason } of answers) {
    const name = effect === 'EFFECT_ALLOW' ? 'allow' : reasonName(reason);
    tally.set(name, (tally.get(name) ?? 0) + 1);
  }
  return [...tally].map(([name, count]) => `${count} × ${name}`).join(', ');
}
