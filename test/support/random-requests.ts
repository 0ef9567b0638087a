// Random requests to a ledger, as evaluators and admins make them from what they last saw of it. All the
// randomness comes in, so that a seed repeats a run.
import type { ChargedRate } from '../../src/core/gcra.ts';
import { isAuthenticationFailure, type Reason } from '../../src/core/reason.ts';
import type { AdminCommand } from '../../src/pdp/admin-port.ts';
import type { LedgerRequest } from '../../src/pdp/settle-group.ts';
import type { SettleCall } from '../../src/pdp/settle-port.ts';
import type { SqlRow } from '../../src/storage/sql-port.ts';
import {
  charge,
  companyTerms,
  createKeyCommand,
  item,
  keyTerms,
  type LedgerWorld,
  newDecisionId,
  report,
} from './ledger-world.ts';
import type { ReplayFacts } from './replayed-counters.ts';

const COMPANY_ID = 'cmp_aurora';
const OWNER = { identity: 'owner', listener: 'admin_unix' } as const;

const COMPANY = companyTerms({ name: 'company', burst: 50 });
const NAMED = charge({ name: 'named', counterId: 'n|company|named|cmp_aurora', burst: 20, cost: 2 });
const KEY = keyTerms(10);

/** The limits that the requests name, and the one of failures as RULES of ledger-world.ts has it. */
export const LIMITS: ReadonlyMap<string, ChargedRate> = new Map<string, ChargedRate>([
  ['source_failures', { emissionIntervalUs: 12_000_000, burst: 5, cost: 1 }],
  ...[COMPANY, NAMED.terms, KEY].map((terms) => [terms.name, terms] as const),
]);

/** What an evaluator read: the epoch and the policy first, then the rows. */
export interface Seen {
  readonly epoch: number;
  readonly generation: number;
  /** seq, key_id, version, status. */
  readonly keys: readonly SqlRow[];
  /** version, status. */
  readonly company: SqlRow | undefined;
}

export function look(world: LedgerWorld): Seen {
  const epoch = world.control.epoch();
  const generation = world.control.generation();
  const keys = world.rows('SELECT seq, key_id, version, status FROM keys ORDER BY seq');
  const [company] = world.rows('SELECT version, status FROM companies');
  return { epoch, generation, keys, company };
}

/** What a request is made from. */
export interface RequestFacts {
  readonly seen: Seen;
  /** Generation of the policy in force. */
  readonly generation: number;
  readonly monoUs: number;
  /** When the last call was settled. */
  readonly settledAtUs: number;
  readonly decisionIds: readonly string[];
}

export function byOwner(command: AdminCommand): LedgerRequest {
  return { kind: 'admin', command, actor: OWNER };
}

export class RandomRequests {
  readonly #below: (limit: number) => number;
  #calls = 0;
  #keys = 0;

  /** `below` gives a whole number from 0 up to, but without, its limit. */
  constructor(below: (limit: number) => number) {
    this.#below = below;
  }

  newCompany(): LedgerRequest {
    return byOwner({ kind: 'create_company', companyId: COMPANY_ID, plan: 'p', label: '' });
  }

  newKey(): LedgerRequest {
    return byOwner(this.#newKey());
  }

  next(facts: RequestFacts): LedgerRequest {
    const dice = this.#below(20);
    if (dice < 12) return { kind: 'settle', call: this.#call(facts) };
    if (dice < 17) return { kind: 'settle', call: this.#failure(facts) };
    if (dice < 19) {
      const { decisionIds } = facts;
      const decisionId = decisionIds[this.#below(decisionIds.length + 1)] ?? newDecisionId();
      return { kind: 'outcomes', reports: [report(decisionId)] };
    }
    return byOwner(this.#command(facts.generation + 1));
  }

  #command(generation: number): AdminCommand {
    const dice = this.#below(12);
    const why = 'a dice';
    const keyId = `key_${1 + this.#below(this.#keys)}`;
    if (dice < 2) return this.#newKey();
    if (dice < 4) return { kind: 'set_key_status', keyId, status: 'revoked', why };
    if (dice < 6) return { kind: 'set_key_status', keyId, status: 'inactive', why };
    if (dice < 8) return { kind: 'set_key_status', keyId, status: 'active', why };
    if (dice < 9) return { kind: 'set_company_status', companyId: COMPANY_ID, status: 'suspended', why };
    if (dice < 11) return { kind: 'set_company_status', companyId: COMPANY_ID, status: 'active', why };
    return {
      kind: 'policy_activated',
      revision: `r${generation}`,
      source: 'file',
      trust: 'unsigned',
      generation,
    };
  }

  #newKey(): AdminCommand {
    this.#keys += 1;
    return createKeyCommand(`key_${this.#keys}`, { companyId: COMPANY_ID });
  }

  #call({ seen, monoUs, settledAtUs }: RequestFacts): SettleCall {
    const { epoch, generation, keys, company } = seen;
    const [keySeq, keyId, keyVersion, status] = keys[this.#below(keys.length)] ?? [];
    const [companyVersion, companyStatus] = company ?? [];
    const failed =
      status === 'revoked'
        ? 'key_revoked'
        : status === 'inactive'
          ? 'key_inactive'
          : companyStatus === 'active'
            ? null
            : 'company_inactive';
    const reason = failed ?? (this.#below(4) === 0 ? 'policy_denied' : 'allowed');
    const named = this.#below(2) === 0 ? [NAMED] : [];
    const bucket = '192.0.2.9';
    const check = this.#replayFacts({ bucket, key_id: String(keyId) });
    return {
      deadlineMonoUs: this.#below(10) === 0 ? monoUs : 0,
      epoch,
      generation,
      subject: {
        keySeq: Number(keySeq),
        keyId: String(keyId),
        keyVersion: Number(keyVersion),
        companyId: COMPANY_ID,
        companyVersion: Number(companyVersion),
        notBeforeUs: null,
        expiresAtUs: this.#below(6) === 0 ? settledAtUs + this.#below(2_000_000) : null,
      },
      sourceBucket: bucket,
      base: failed === null ? [KEY, COMPANY] : [],
      items: Array.from({ length: 1 + this.#below(3) }, () =>
        item({ reason, named, check, policy: saidBy(reason) }),
      ),
    };
  }

  /** Two unknown addresses that try keys. */
  #failure({ seen }: RequestFacts): SettleCall {
    const bucket = `192.0.2.${this.#below(2)}`;
    const check = this.#replayFacts({ bucket, key_id: '' });
    return {
      deadlineMonoUs: 0,
      epoch: seen.epoch,
      generation: seen.generation,
      subject: null,
      sourceBucket: bucket,
      base: [],
      items: Array.from({ length: 1 + this.#below(3) }, () => item({ reason: 'key_unknown', check })),
    };
  }

  #replayFacts(facts: Omit<ReplayFacts, 'call'>): string {
    this.#calls += 1;
    return JSON.stringify({ ...facts, call: this.#calls } satisfies ReplayFacts);
  }
}

/** The leaf's member `policy`, as far as replaying needs it. */
function saidBy(reason: Reason): string {
  return isAuthenticationFailure(reason) ? '' : JSON.stringify({ reason });
}
