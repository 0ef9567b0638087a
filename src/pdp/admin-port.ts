// The use cases behind the admin services, and the commands they send to the one writer. A command is
// applied in one transaction together with its audit record.
import type {
  CompanyRecord,
  CompanyStatus,
  Environment,
  KeyDraft,
  KeyRecord,
  KeyStatus,
} from '../core/registry.ts';

/** Who asked. Until the admin plane exists the owner of the unix socket. */
export interface Actor {
  readonly identity: 'owner' | 'system';
  readonly listener: string;
}

/** A problem of a policy, as told to its author. */
export interface PolicyProblem {
  readonly file: string;
  /** From 1; 0 when unknown. */
  readonly line: number;
  readonly message: string;
}

/** Commands to the ledger. Times and versions are the ledger's to give. */
export type AdminCommand =
  | {
      readonly kind: 'create_company';
      readonly companyId: string;
      readonly plan: string;
      readonly label: string;
    }
  | {
      readonly kind: 'set_company_status';
      readonly companyId: string;
      readonly status: CompanyStatus;
      readonly why: string;
    }
  | {
      readonly kind: 'create_key';
      readonly requestId: string;
      readonly keyId: string;
      readonly draft: KeyDraft;
      /** Wrapped hash of the secret and the scheme it was made with. */
      readonly lookup: Uint8Array;
      readonly schemeId: number;
    }
  | {
      readonly kind: 'set_key_status';
      readonly keyId: string;
      readonly status: KeyStatus;
      readonly why: string;
    }
  | {
      readonly kind: 'policy_activated';
      readonly revision: string;
      readonly source: string;
      readonly trust: string;
      /** Published in the control block right after the commit. */
      readonly generation: number;
    }
  | {
      readonly kind: 'policy_refused';
      readonly revision: string;
      readonly source: string;
      readonly problems: readonly PolicyProblem[];
    }
  | { readonly kind: 'accept_clock'; readonly why: string };

export type AdminResult =
  | { readonly kind: 'company'; readonly company: CompanyRecord }
  | { readonly kind: 'key'; readonly key: KeyRecord }
  | { readonly kind: 'done' };

/** How the admin side reaches the ledger. Rejects with PosternError: not_found, already_exists, ... */
export interface AdminWriter {
  apply(command: AdminCommand, actor: Actor): Promise<AdminResult>;
}

export interface Page<T> {
  readonly rows: readonly T[];
  /**
   * Ids, as they are stored, of the rows of this page that were edited in the database: they are not believed,
   * so that a check takes them for not there. What they are filtered by may be what was edited.
   */
  readonly editedIds: readonly string[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** Reads the registry for the admin side; sees every commit that was answered before. */
export interface RegistryLister {
  /** `edited`: there is a row, and it is not believed. */
  key(keyId: string): KeyRecord | 'edited' | null;
  keys(filter: {
    readonly companyId: string;
    readonly status: KeyStatus | null;
    readonly pageSize: number;
    readonly pageToken: string;
  }): Page<KeyRecord>;
  company(companyId: string): CompanyRecord | 'edited' | null;
  companies(filter: {
    readonly status: CompanyStatus | null;
    readonly pageSize: number;
    readonly pageToken: string;
  }): Page<CompanyRecord>;
}

/** Key life cycle. */
export interface KeyAdmin {
  create(
    requestId: string,
    draft: KeyDraft,
    actor: Actor,
  ): Promise<{ readonly key: KeyRecord; readonly secret: string }>;
  get(keyId: string): KeyRecord;
  list: RegistryLister['keys'];
  setStatus(keyId: string, status: KeyStatus, why: string, actor: Actor): Promise<KeyRecord>;
}

/** Companies. */
export interface CompanyAdmin {
  create(
    company: { readonly companyId: string; readonly plan: string; readonly label: string },
    actor: Actor,
  ): Promise<CompanyRecord>;
  get(companyId: string): CompanyRecord;
  list: RegistryLister['companies'];
  setStatus(companyId: string, status: CompanyStatus, why: string, actor: Actor): Promise<CompanyRecord>;
}

/** What GetPolicyStatus says. */
export interface PolicyStatus {
  readonly activeRevision: string;
  readonly activatedAtUs: number;
  readonly source: string;
  readonly trust: string;
  readonly generation: number;
  readonly lastRefusal: {
    readonly refusedAtUs: number;
    readonly revision: string;
    readonly problems: readonly PolicyProblem[];
  } | null;
}

export interface PolicyAdmin {
  status(): PolicyStatus;
}

export interface ClockStatus {
  readonly nowUs: number;
  readonly wallOffsetUs: number;
  readonly jumpPending: boolean;
}

export interface LedgerStatus {
  readonly logId: string;
  readonly logSize: number;
  readonly rootHash: Uint8Array;
  readonly durability: 'disk' | 'process';
  readonly writable: boolean;
  readonly dataDirectory: string;
}

/** What GetStatus says. */
export interface SystemStatus {
  readonly version: string;
  readonly nodeVersion: string;
  readonly sqliteVersion: string;
  readonly startedAtUs: number;
  readonly ready: boolean;
  readonly notReadyBecause: readonly string[];
  readonly ledger: LedgerStatus & { readonly indexed: number };
  readonly clock: ClockStatus;
  readonly evaluators: readonly {
    readonly number: number;
    readonly state: 'starting' | 'serving' | 'restarting';
    readonly kills: number;
  }[];
  readonly decisionAddresses: readonly string[];
  readonly environment: Environment;
}

export interface SystemAdmin {
  status(): Promise<SystemStatus>;
  acceptClock(why: string, actor: Actor): Promise<ClockStatus>;
}
