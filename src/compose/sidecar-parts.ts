// What the main thread holds of a running sidecar, and the facts it tells about it.
import type { Config } from '../config.ts';
import type { Log } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { SystemAdmin, SystemStatus } from '../pdp/admin-port.ts';
import type { ControlBlock } from '../pdp/control-block.ts';
import type { PolicyControl } from '../pdp/policy-control.ts';
import type { EvaluatorPool } from './evaluator-pool.ts';
import type { LedgerHost } from './ledger-host.ts';
import type { ReaderHost } from './reader-host.ts';
import type { CandidatePayload } from './trial-host.ts';

export interface SidecarParts {
  readonly config: Config;
  readonly version: string;
  readonly startedAtUs: number;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly control: ControlBlock;
  readonly ledger: LedgerHost;
  readonly reader: ReaderHost;
  readonly pool: EvaluatorPool;
  readonly policies: PolicyControl<CandidatePayload>;
}

/** What bears on readiness. */
export type ReadinessParts = Pick<SidecarParts, 'control' | 'pool' | 'policies'>;

/** Why no checks should be sent here; none means ready. A policy and a writable ledger, and a believed clock. */
export function notReadyBecause(parts: ReadinessParts): readonly string[] {
  const reasons: string[] = [];
  if (parts.policies.status().activeRevision === '') reasons.push('no policy is active');
  if (!parts.control.writable()) reasons.push('the ledger cannot write');
  if (parts.control.jumpPending())
    reasons.push('the clock jumped and was not accepted (postern clock accept)');
  if (parts.pool.isUnreachable) reasons.push('the decision socket is gone');
  if (!parts.pool.seats().some((seat) => seat.state === 'serving')) reasons.push('no evaluator serves');
  return reasons;
}

/** The use cases behind SystemService. */
export function createSystemAdmin(parts: SidecarParts, sqliteVersion: string): SystemAdmin {
  return {
    async status(): Promise<SystemStatus> {
      const report = await parts.ledger.client.report();
      const reasons = notReadyBecause(parts);
      return {
        version: parts.version,
        nodeVersion: process.version,
        sqliteVersion,
        startedAtUs: parts.startedAtUs,
        ready: reasons.length === 0,
        notReadyBecause: reasons,
        ledger: {
          logId: report.logId,
          logSize: report.logSize,
          rootHash: report.rootHash,
          durability: report.durability,
          writable: report.writable,
          dataDirectory: parts.config.data.directory,
          indexed: await parts.reader.client.indexed(),
        },
        clock: report.clock,
        evaluators: parts.pool.seats(),
        decisionAddresses: parts.pool.addresses(),
        environment: parts.config.environment,
      };
    },
    async acceptClock(why, actor) {
      await parts.ledger.client.apply({ kind: 'accept_clock', why }, actor);
      return (await parts.ledger.client.report()).clock;
    },
  };
}
