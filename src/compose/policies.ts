// Policies of a sidecar: loads the first one, watches its source, and tells log and metrics what became of
// each candidate.
import type { Config } from '../config.ts';
import { monoUs } from '../ops/clock.ts';
import type { Log, LogFacts } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { AdminWriter, PolicyStatus } from '../pdp/admin-port.ts';
import type { ControlBlock } from '../pdp/control-block.ts';
import { PolicyControl } from '../pdp/policy-control.ts';
import { openPolicyWatch } from '../policy/watch.ts';
import { EMBEDDED_POLICY, ENTRY } from './entry.ts';
import type { EvaluatorPool } from './evaluator-pool.ts';
import { engineLimits } from './options.ts';
import { loadCandidate } from './policy-loading.ts';
import type { Teardown } from './teardown.ts';
import type { CandidatePayload } from './trial-host.ts';

export interface PoliciesParts {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly control: ControlBlock;
  readonly pool: EvaluatorPool;
  readonly writer: AdminWriter;
}

/** The policy control of a sidecar; nothing is loaded yet. */
export function createPolicies(parts: PoliciesParts): PolicyControl<CandidatePayload> {
  const { config, log, metrics, pool } = parts;
  const path = config.policy.path ?? EMBEDDED_POLICY;
  return new PolicyControl<CandidatePayload>({
    source: path,
    load: () => loadCandidate({ path, entry: ENTRY, limits: engineLimits(config) }),
    prepare: (numbered) => pool.prepare(numbered),
    writer: parts.writer,
    nowUs: () => parts.control.nowUs(monoUs()),
    onActivated: (status) => {
      log.write('info', 'policy_activated', {
        revision: status.activeRevision,
        source: status.source,
        trust: status.trust,
      });
    },
    onRefused: (status) => {
      metrics.policyRefused();
      log.write('warn', 'policy_refused', refusalFacts(status));
    },
  });
}

/** Loads the policy and goes on watching it. @throws PosternError policy_unavailable. */
export async function startPolicies(
  policies: PolicyControl<CandidatePayload>,
  parts: PoliciesParts,
  teardown: Teardown,
): Promise<void> {
  const { config, log } = parts;
  const reload = () =>
    policies.reload().catch((error: unknown) => log.failure('policy_reload_failed', error));
  // Opened before the first load, so that a change in between is seen.
  if (config.policy.watch && config.policy.path !== null) {
    const watch = await openPolicyWatch({ path: config.policy.path, onChange: () => void reload() });
    teardown.add(() => watch.close());
  }
  await policies.reload();
  policies.requireActive();
}

function refusalFacts(status: PolicyStatus): LogFacts {
  const refusal = status.lastRefusal;
  const problems = (refusal?.problems ?? []).map((one) =>
    one.file === '' ? one.message : `${one.file}:${one.line}: ${one.message}`,
  );
  return { revision: refusal?.revision ?? '', active_revision: status.activeRevision, problems };
}
