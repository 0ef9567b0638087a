/**
 * Revocation is immediate, on every evaluator, under load: no check that was sent after the answer to a
 * change is decided as before it. Two evaluators, TCP and the unix socket, single calls, batches, streams.
 */
import { beforeEach, expect, test } from 'vitest';
import type { CheckResponse__Output } from '../../src/grpc/gen/postern/v1/CheckResponse.ts';
import { CheckLoad, type Lane, type LaneKind } from '../support/check-load.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';
import { checkOf, readRecords } from '../support/sidecar-log.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

const KINDS: readonly LaneKind[] = ['unary', 'unary', 'batch', 'stream'];
const COMPANY = 'cmp_aurora';
/** Answers that every lane must have given before a state counts as seen. */
const ANSWERS_SEEN = 8;
const CYCLES = 3;

let sidecar: RunningSidecar;

beforeEach(async () => {
  sidecar = await startSidecar({
    evaluators: { count: 2 },
    ledger: { durability: 'process' },
    // All of the load is one source; its failures must keep their own reasons here.
    limits: { sourceFailures: { count: 1_000_000, periodMs: 1_000, burst: 1_000_000 } },
  });
  await createCompany(sidecar.admin, COMPANY);
});

/** Load over connections of their own, which watches that answers follow the expected reason. */
class WatchedLoad {
  readonly violations: string[] = [];
  readonly #load: CheckLoad<{ readonly step: number; readonly expected: string | null }>;
  readonly #lanes: readonly Lane[];
  #secret: string;
  #expected: string | null = null;
  #step = 0;
  #seen = new Map<Lane, number>();
  #whenSeen: (() => void) | null = null;

  constructor(secret: string) {
    this.#secret = secret;
    const clients = [
      sidecar.host,
      ...KINDS.map(() => sidecar.unixClient()),
      ...KINDS.flatMap(() => [sidecar.tcpClient(), sidecar.tcpClient()]),
    ];
    this.#lanes = clients.map((client, place) => ({
      client,
      kind: KINDS[place % KINDS.length] ?? 'unary',
      question: () => ({ apiKey: this.#secret, operation: 'session.read' }),
    }));
    this.#load = new CheckLoad({
      lanes: this.#lanes,
      mark: () => ({ step: this.#step, expected: this.#expected }),
      onAnswer: (answer, mark, lane) => this.#judge(answer, mark, lane),
      onError: (error) => this.violations.push(`${error.code}: ${error.message}`),
    });
  }

  /** Between a change being asked for and answered, either answer is right. */
  async change(apply: () => Promise<unknown>, expected: string, secret = this.#secret): Promise<void> {
    this.#expected = null;
    this.#step += 1;
    await apply();
    this.#secret = secret;
    this.#expected = expected;
    this.#step += 1;
    this.#seen = new Map();
    await new Promise<void>((resolve) => {
      this.#whenSeen = resolve;
    });
  }

  stop(): Promise<void> {
    return this.#load.stop();
  }

  #judge(
    { reason, effect }: CheckResponse__Output,
    mark: { readonly step: number; readonly expected: string | null },
    lane: Lane,
  ): void {
    if (mark.expected === null || mark.step !== this.#step) return;
    const isRight = reason === mark.expected && (effect === 'EFFECT_ALLOW') === (reason === 'REASON_ALLOWED');
    if (!isRight) this.violations.push(`${lane.kind}: ${reason} after ${mark.expected} was answered`);
    this.#seen.set(lane, (this.#seen.get(lane) ?? 0) + 1);
    const isSeen = this.#lanes.every((one) => (this.#seen.get(one) ?? 0) >= ANSWERS_SEEN);
    if (isSeen || this.violations.length > 0) this.#whenSeen?.();
  }
}

/** Decisions that stand behind a change in the log and were decided as before it. */
async function staleDecisions(): Promise<string[]> {
  const stale: string[] = [];
  const refused = new Map<unknown, unknown>();
  let changes = 0;
  for (const logged of await readRecords(sidecar.admin)) {
    const { index, kind, record } = logged;
    const action = String(record['action']);
    if (kind === 'admin' && /^set_(key|company)_status$/.test(action)) {
      const subject = action === 'set_key_status' ? record['key_id'] : record['company_id'];
      const { status } = record['details'] as { readonly status: string };
      changes += 1;
      if (status === 'active') refused.delete(subject);
      else refused.set(subject, status);
    }
    if (kind !== 'decision') continue;
    const { key_id: keyId, company_id: companyId } = checkOf(logged);
    const status = refused.get(keyId) ?? refused.get(companyId);
    const isAllowed = record['effect'] === 'allow';
    if (isAllowed === (status !== undefined)) stale.push(`${index}: ${record['reason']} behind ${status}`);
  }
  expect(changes).toBeGreaterThan(CYCLES);
  return stale;
}

test('no check sent after RevokeKey or DeactivateKey answered is allowed, none after ActivateKey denied', async () => {
  const { admin } = sidecar;
  let key = await createKey(admin, COMPANY);
  const load = new WatchedLoad(key.secret);
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const { keyId } = key;
    await load.change(async () => {}, 'REASON_ALLOWED');
    await load.change(() => admin.keys.deactivate({ keyId }), 'REASON_KEY_INACTIVE');
    await load.change(() => admin.keys.activate({ keyId }), 'REASON_ALLOWED');
    await load.change(() => admin.keys.revoke({ keyId, reason: 'lost' }), 'REASON_KEY_REVOKED');
    const next = await createKey(admin, COMPANY);
    await load.change(async () => {}, 'REASON_ALLOWED', next.secret);
    key = next;
  }
  await load.stop();
  expect(load.violations).toEqual([]);
  expect(await staleDecisions()).toEqual([]);
});

test('no check sent after SuspendCompany answered is allowed, none after ReactivateCompany denied', async () => {
  const { admin } = sidecar;
  const load = new WatchedLoad((await createKey(admin, COMPANY)).secret);
  for (let cycle = 0; cycle < 2 * CYCLES; cycle += 1) {
    await load.change(async () => {}, 'REASON_ALLOWED');
    const suspend = () => admin.companies.suspend({ companyId: COMPANY, reason: 'review' });
    await load.change(suspend, 'REASON_COMPANY_INACTIVE');
    await load.change(() => admin.companies.reactivate({ companyId: COMPANY }), 'REASON_ALLOWED');
  }
  await load.stop();
  expect(load.violations).toEqual([]);
  expect(await staleDecisions()).toEqual([]);
});
