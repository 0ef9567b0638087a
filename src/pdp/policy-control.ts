// Which policy is in force. A candidate is loaded aside, prepared on every evaluator, committed to the
// log and only then published; whatever fails leaves the last good one answering. One at a time.
import { PosternError } from '../core/error.ts';
import type { AdminWriter, PolicyAdmin, PolicyProblem, PolicyStatus } from './admin-port.ts';

/** A policy that could go live. `payload` is the policy adapter's own and crosses threads as it is. */
export interface PolicyCandidate<Payload> {
  readonly revision: string;
  /** SHA-256 of what it decides with: two contents under one revision are told apart. */
  readonly digest: string;
  readonly source: string;
  readonly trust: string;
  /** Names of the plans in its data. */
  readonly plans: readonly string[];
  readonly payload: Payload;
}

export type CandidateLoad<Payload> =
  | { readonly ok: true; readonly candidate: PolicyCandidate<Payload> }
  | { readonly ok: false; readonly revision: string; readonly problems: readonly PolicyProblem[] };

/** A candidate with the generation it has, or would have, in this process. */
export interface NumberedCandidate<Payload> {
  readonly generation: number;
  readonly candidate: PolicyCandidate<Payload>;
}

export interface PolicyControlParts<Payload> {
  readonly source: string;
  /** Loads what the source holds now. Never rejects for a bad policy. */
  readonly load: () => Promise<CandidateLoad<Payload>>;
  /** Makes every evaluator ready to serve the candidate; resolves with what was wrong, if anything. */
  readonly prepare: (numbered: NumberedCandidate<Payload>) => Promise<readonly PolicyProblem[]>;
  readonly writer: AdminWriter;
  readonly nowUs: () => number;
  /** For the log and the metrics. */
  readonly onActivated: (status: PolicyStatus) => void;
  readonly onRefused: (status: PolicyStatus) => void;
}

const SYSTEM = { identity: 'system', listener: 'none' } as const;

/** Keeps the active policy, the pending candidate and the last refusal. */
export class PolicyControl<Payload> implements PolicyAdmin {
  readonly #parts: PolicyControlParts<Payload>;
  readonly #quarantined = new Set<string>();
  #active: NumberedCandidate<Payload> | null = null;
  #previous: NumberedCandidate<Payload> | null = null;
  #pending: NumberedCandidate<Payload> | null = null;
  #activatedAtUs = 0;
  #refusal: PolicyStatus['lastRefusal'] = null;
  #generation = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: PolicyControlParts<Payload>) {
    this.#parts = parts;
  }

  /** What an evaluator that starts now must be able to serve: the active policy and the pending one. */
  startingPolicies(): readonly NumberedCandidate<Payload>[] {
    return [this.#active, this.#pending].filter((numbered) => numbered !== null);
  }

  /** Names of the plans of the active policy; null while none is active. */
  plans(): ReadonlySet<string> | null {
    return this.#active === null ? null : new Set(this.#active.candidate.plans);
  }

  /** Loads the source and activates it when it is new. Resolves when that is done, refused or not. */
  reload(): Promise<void> {
    return this.#inTurn(() => this.#reload());
  }

  /** Takes a revision out of service that was ended by the watchdog repeatedly. */
  quarantine(revision: string): Promise<void> {
    return this.#inTurn(() => this.#quarantine(revision));
  }

  status(): PolicyStatus {
    return {
      activeRevision: this.#active?.candidate.revision ?? '',
      activatedAtUs: this.#activatedAtUs,
      source: this.#active?.candidate.source ?? this.#parts.source,
      trust: this.#active?.candidate.trust ?? 'unsigned',
      generation: this.#active?.generation ?? 0,
      lastRefusal: this.#refusal,
    };
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.#turn.then(work);
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #reload(): Promise<void> {
    const loaded = await this.#parts.load();
    if (!loaded.ok) return this.#refuse(loaded.revision, loaded.problems);
    const { candidate } = loaded;
    const active = this.#active?.candidate;
    if (candidate.revision === active?.revision && candidate.digest !== active.digest) {
      return this.#refuse(candidate.revision, [
        { file: '.manifest', line: 0, message: 'another content carries the revision that is in force' },
      ]);
    }
    if (candidate.revision === active?.revision) {
      // What is in force was put back in place: the refusal of the one between no longer matters.
      this.#refusal = null;
      return;
    }
    if (this.#quarantined.has(candidate.revision)) {
      return this.#refuse(candidate.revision, [
        {
          file: '',
          line: 0,
          message: 'this revision is quarantined: the watchdog ended its evaluations repeatedly',
        },
      ]);
    }
    await this.#activate(candidate);
  }

  async #activate(candidate: PolicyCandidate<Payload>): Promise<void> {
    const numbered = { generation: this.#generation + 1, candidate };
    // Set before preparing, so that an evaluator that starts in between knows of it too.
    this.#pending = numbered;
    try {
      const problems = await this.#parts.prepare(numbered);
      if (problems.length > 0) return await this.#refuse(candidate.revision, problems);
      await this.#parts.writer.apply(
        {
          kind: 'policy_activated',
          revision: candidate.revision,
          source: candidate.source,
          trust: candidate.trust,
          generation: numbered.generation,
        },
        SYSTEM,
      );
      this.#previous = this.#active;
      this.#active = numbered;
      this.#refusal = null;
      this.#activatedAtUs = this.#parts.nowUs();
      this.#parts.onActivated(this.status());
    } finally {
      // The number is spent even when the commit failed: it may have reached the log.
      this.#generation = numbered.generation;
      this.#pending = null;
    }
  }

  async #refuse(revision: string, problems: readonly PolicyProblem[]): Promise<void> {
    this.#refusal = { refusedAtUs: this.#parts.nowUs(), revision, problems };
    this.#parts.onRefused(this.status());
    await this.#parts.writer.apply(
      { kind: 'policy_refused', revision, source: this.#parts.source, problems },
      SYSTEM,
    );
  }

  async #quarantine(revision: string): Promise<void> {
    if (this.#quarantined.has(revision)) return;
    this.#quarantined.add(revision);
    const problem = {
      file: '',
      line: 0,
      message: 'quarantined: the watchdog ended its evaluations repeatedly',
    };
    await this.#refuse(revision, [problem]);
    const refusal = this.#refusal;
    if (this.#active?.candidate.revision !== revision || this.#previous === null) return;
    await this.#activate(this.#previous.candidate);
    this.#refusal = refusal;
  }

  /** Throws unless a policy is active: the sidecar starts only with one. */
  requireActive(): void {
    if (this.#active !== null) return;
    const problems = this.#refusal?.problems ?? [];
    const first = problems
      .map((p) => (p.file === '' ? p.message : `${p.file}:${p.line}: ${p.message}`))
      .join('; ');
    throw new PosternError('policy_unavailable', `No policy could be activated: ${first}`);
  }
}
