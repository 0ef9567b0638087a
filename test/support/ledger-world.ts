// A ledger in a temporary directory with clocks, randomness and faults that a test controls.
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ChargeTerms, LimitCharge } from '../../src/core/limit.ts';
import type { Reason } from '../../src/core/reason.ts';
import { ControlBlock } from '../../src/pdp/control-block.ts';
import type { LedgerAnswer, LedgerRequest } from '../../src/pdp/settle-group.ts';
import type {
  OutcomeReport,
  SettleCall,
  SettleItem,
  SettleResult,
  SettleSubject,
} from '../../src/pdp/settle-port.ts';
import type { SettleRules } from '../../src/pdp/settle-view.ts';
import { openReader, openWriter, type WriterOptions } from '../../src/storage/database.ts';
import { Ledger } from '../../src/storage/ledger.ts';
import type { LedgerEvent, LedgerOptions } from '../../src/storage/ledger-options.ts';
import { LEDGER_PLAN } from '../../src/storage/ledger-schema.ts';
import { deriveSecrets, type Secrets } from '../../src/storage/secrets.ts';
import type { SqlDatabase, SqlRow } from '../../src/storage/sql-port.ts';
import { openSqlite } from '../../src/storage/sqlite.ts';
import { type WriteFaults, withFaults } from './faulty-database.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export const START_US = 1_767_225_600_000_000;
const SECOND_US = 1_000_000;

export const RULES: SettleRules = {
  sourceFailures: { count: 5, periodMs: 60_000, burst: 5 },
  overLimitPerSecondPerKey: 3,
  windowIdleMs: 10_000,
  windowLengthMsMax: 300_000,
};

/** Everything that the ledger gets from outside, and the ledger. */
export class LedgerWorld {
  readonly dataDirectory: string;
  control = ControlBlock.create(1);
  secrets: Secrets = deriveSecrets(Buffer.alloc(32, 7));
  readonly events: LedgerEvent[] = [];
  rules: SettleRules = RULES;
  wallUs = START_US;
  monoUs = SECOND_US;
  /** Sees, and may fail, every write of the ledger; set it after opening. */
  readonly faults: WriteFaults = { before: () => {}, after: () => {} };
  /** Databases opened from now on are full beyond so many pages. */
  pageCountMax: number | null = null;
  /** Databases opened from now on refuse every write. */
  isReadOnly = false;
  #ids = 0;

  constructor(dataDirectory: string) {
    this.dataDirectory = dataDirectory;
  }

  usePepper(byte: number): void {
    this.secrets = deriveSecrets(Buffer.alloc(32, byte));
  }

  open(): Ledger {
    return new Ledger(this.options());
  }

  options(): LedgerOptions {
    return {
      dataDirectory: this.dataDirectory,
      durability: 'process',
      software: 'postern 0.0.0',
      secrets: this.secrets,
      rules: this.rules,
      clock: { jumpMaxMs: 300_000, restartJumpMaxMs: 7 * 86_400_000 },
      control: this.control,
      world: {
        wallUs: () => this.wallUs,
        monoUs: () => this.monoUs,
        ids: { windowId: () => `win_${this.nextHex(8)}`, salt: () => this.nextHex(32) },
        newLogId: () => this.nextHex(32),
        openDatabase: (options) => this.#openFaulty(options),
        onEvent: (event) => this.events.push(event),
      },
    };
  }

  get path(): string {
    return join(this.dataDirectory, 'ledger.db');
  }

  #openFaulty(options: WriterOptions): SqlDatabase {
    const database = openWriter(options);
    if (this.pageCountMax !== null) database.pragma(`max_page_count = ${this.pageCountMax}`);
    if (this.isReadOnly) database.pragma('query_only = ON');
    return withFaults(database, {
      before: (sql) => this.faults.before(sql),
      after: (sql) => this.faults.after(sql),
      read: (sql) => this.faults.read?.(sql),
    });
  }

  /** What the threads of a process share is new with each process. */
  startProcess(): void {
    this.control = ControlBlock.create(1);
  }

  /** The directory as a killed process would leave it now, in a world of its own with the same clocks. */
  crash(): LedgerWorld {
    const copy = new LedgerWorld(temporaryDirectory());
    for (const suffix of ['', '-wal']) {
      const file = `${this.path}${suffix}`;
      if (existsSync(file)) copyFileSync(file, `${copy.path}${suffix}`);
    }
    copy.wallUs = this.wallUs;
    copy.monoUs = this.monoUs;
    copy.rules = this.rules;
    copy.#ids = this.#ids;
    return copy;
  }

  /** Rows as they stand on the disk. */
  rows(sql: string): readonly SqlRow[] {
    const database = openReader({ path: this.path, plan: LEDGER_PLAN });
    try {
      return database.prepare(sql).rows();
    } finally {
      database.close();
    }
  }

  /** Changes the database behind the ledger's back. The ledger must be closed. */
  edit(sql: string): void {
    const database = openSqlite(this.path, { mode: 'write' });
    database.exec(sql);
    database.close();
  }

  /** Lets so much time pass that every charge so far is folded into the tables. */
  fold(ledger: Ledger): void {
    this.tick(ledger, 120);
  }

  /** So many ticks of the ledger's timer, a tenth of a second apart. */
  tick(ledger: Ledger, count: number): void {
    for (let tick = 0; tick < count; tick += 1) {
      this.pass(100_000);
      ledger.tick();
    }
  }

  /** Both clocks move on together. */
  pass(us: number): void {
    this.wallUs += us;
    this.monoUs += us;
  }

  nextHex(digits: number): string {
    this.#ids += 1;
    return this.#ids.toString(16).padStart(digits, '0');
  }
}

let items = 0;

/** `dec_` + a UUIDv4 that no other call of this process got. */
export function newDecisionId(): string {
  items += 1;
  return `dec_00000000-0000-4000-8000-${items.toString(16).padStart(12, '0')}`;
}

export function item(over: Partial<SettleItem> = {}): SettleItem {
  return {
    decisionId: newDecisionId(),
    reason: 'allowed',
    check: '{"authentication":"ok"}',
    policy: '',
    private: '',
    named: [],
    ...over,
  };
}

/** A base limit of one key: `burst` at once, one more each second. */
export function keyTerms(burst: number): ChargeTerms {
  return terms({ name: 'key_second', subject: 'key', burst, base: true });
}

/** A base limit of a company, 10 at once and one more each second unless said otherwise. */
export function companyTerms(over: Partial<ChargeTerms>): ChargeTerms {
  return terms({ ...over, base: true });
}

export function charge(over: Partial<ChargeTerms & Pick<LimitCharge, 'counterId'>>): LimitCharge {
  const { counterId = 'n|company|named|cmp_aurora', ...further } = over;
  return { terms: terms(further), counterId };
}

function terms(over: Partial<ChargeTerms>): ChargeTerms {
  const rate = { emissionIntervalUs: SECOND_US, burst: 10, cost: 1 };
  return { name: 'named', subject: 'company', ...rate, base: false, ...over };
}

/** The first key of the first company, as `seed` makes them. */
export const SUBJECT: SettleSubject = {
  keySeq: 1,
  keyId: 'key_one',
  keyVersion: 1,
  companyId: 'cmp_aurora',
  companyVersion: 1,
  notBeforeUs: null,
  expiresAtUs: null,
};

/** A call of the first key of the first company, as `seed` makes them. */
export function call(over: Partial<SettleCall> = {}): SettleCall {
  return {
    deadlineMonoUs: 0,
    epoch: 0,
    generation: 0,
    subject: SUBJECT,
    sourceBucket: '192.0.2.1',
    base: [keyTerms(10)],
    items: [item()],
    ...over,
  };
}

/** A call whose authentication failed. */
export function failure(over: Partial<SettleCall> = {}): SettleCall {
  return call({ subject: null, base: [], items: [item({ reason: 'key_unknown' })], ...over });
}

export function settleRequests(...calls: readonly SettleCall[]): readonly LedgerRequest[] {
  return calls.map((each) => ({ kind: 'settle', call: each }));
}

/** Settles one group of calls. */
export function settle(ledger: Ledger, ...calls: readonly SettleCall[]): readonly SettleResult[] {
  return ledger.settle(settleRequests(...calls)).map((answer) => {
    if (answer.kind === 'settle') return answer.result;
    return { state: 'failed', code: 'storage_unavailable' };
  });
}

/** Applies one admin command. */
export function apply(
  ledger: Ledger,
  command: Extract<LedgerRequest, { kind: 'admin' }>['command'],
): LedgerAnswer {
  const actor = { identity: 'owner', listener: 'admin_unix' } as const;
  const answer = ledger.settle([{ kind: 'admin', command, actor }])[0];
  if (answer === undefined) throw new TypeError('no answer');
  return answer;
}

export function createKeyCommand(
  keyId: string,
  over: { requestId?: string; lookup?: Uint8Array; companyId?: string; expiresAtUs?: number } = {},
) {
  return {
    kind: 'create_key',
    requestId: over.requestId ?? `req_${keyId}`,
    keyId,
    draft: {
      companyId: over.companyId ?? 'cmp_aurora',
      environment: 'live',
      label: 'A fictional key',
      scopes: ['payments:*'],
      networks: [],
      notBeforeUs: null,
      expiresAtUs: over.expiresAtUs ?? null,
    },
    lookup: over.lookup ?? Buffer.from(keyId.padEnd(32, '.').slice(0, 32)),
    schemeId: 1,
  } as const;
}

/** The company and the key that `call` is about. */
export function seed(ledger: Ledger): void {
  apply(ledger, { kind: 'create_company', companyId: 'cmp_aurora', plan: 'standard', label: 'Aurora' });
  apply(ledger, createKeyCommand('key_one'));
}

/** A ledger that knows the company and the key of `call`. */
export function openSeeded(): { readonly world: LedgerWorld; readonly ledger: Ledger } {
  const world = new LedgerWorld(temporaryDirectory());
  const ledger = world.open();
  seed(ledger);
  return { world, ledger };
}

/** Reason of the first item of each result, or its state. */
export function reasonsOf(results: readonly (SettleResult | undefined)[]): readonly (Reason | string)[] {
  return results.map((result) =>
    result?.state === 'settled' ? (result.items[0]?.reason ?? 'none') : (result?.state ?? 'none'),
  );
}

export function report(decisionId: string, over: Partial<OutcomeReport> = {}): OutcomeReport {
  return { decisionId, status: 'success', httpStatus: 201, errorCategory: '', ...over };
}
