// What happens when an evaluation takes too long: its evaluator is ended, the check that was in its slot is
// settled as policy_failed, another evaluator starts, and a policy that does it again and again is taken
// out of service.
import { monoUs } from '../ops/clock.ts';
import type { SettleCall, SettleResult } from '../pdp/settle-port.ts';
import { decodeSlot } from '../storage/settle-slot.ts';
import type { SidecarParts } from './sidecar-parts.ts';
import { startWatchdog } from './watchdog.ts';

/** So many ends within a minute under one revision quarantine it. */
const KILLS_MAX = 3;
const KILLS_WITHIN_US = 60_000_000;

/** Activations that may come between reading the generation and settling. */
const ATTEMPTS_MAX = 3;

/** Starts the watchdog. Returns how to stop it. */
export function guardEvaluations(parts: SidecarParts): () => void {
  const { control, pool, policies, log } = parts;
  let revision = '';
  let kills: number[] = [];
  const countKill = () => {
    const nowUs = monoUs();
    const active = policies.status().activeRevision;
    kills = active === revision ? kills.filter((atUs) => nowUs - atUs < KILLS_WITHIN_US) : [];
    revision = active;
    kills.push(nowUs);
    if (kills.length < KILLS_MAX) return;
    log.write('error', 'policy_quarantined', { revision, kills: kills.length });
    kills = [];
    policies.quarantine(active).catch((error: unknown) => log.failure('quarantine_failed', error));
  };
  return startWatchdog({
    control,
    evaluationMsMax: parts.config.policy.evaluationMsMax,
    monoUs,
    threadTimeUs: (number) => pool.threadTimeUs(number),
    onOverrun: (number) => {
      log.write('error', 'evaluation_overrun', { evaluator: number });
      const afterwards = () => {
        void settleSlot(parts, number);
        // Counted after it, because what a quarantine activates would move the call that is to be recorded.
        countKill();
      };
      pool
        .replace(number, afterwards)
        .catch((error: unknown) => log.failure('evaluator_replace_failed', error));
    },
  });
}

/**
 * Records what the ended evaluator was at; nothing when it was at nothing. It is sent to the ledger before
 * this returns; the promise is for who waits until it is recorded, and never rejects. The caller of the
 * check already got UNAVAILABLE with the connection.
 */
export async function settleSlot(parts: SidecarParts, number: number): Promise<void> {
  const { control, log, metrics } = parts;
  if (control.evaluation(number) === null) return;
  try {
    const bytes = control.slotBytes(number).subarray(0, control.slotLength(number));
    control.leaveEvaluation(number);
    const result = await settleOverrun(parts, decodeSlot(bytes));
    if (result.state === 'settled') metrics.addDecisions({ [result.items[0]?.reason ?? 'policy_failed']: 1 });
    else log.write('error', 'overrun_not_recorded', { state: result.state });
  } catch (error) {
    log.failure('overrun_not_recorded', error);
  }
}

/**
 * The record is owed whatever the caller's deadline was and whichever policy is in force by now. Only rows
 * that moved keep it from being settled: then there is no telling what the check would have been.
 */
async function settleOverrun({ control, ledger }: SidecarParts, call: SettleCall): Promise<SettleResult> {
  const attempt = () =>
    ledger.client.settle({ ...call, deadlineMonoUs: 0, generation: control.generation() });
  let result = await attempt();
  for (let again = 1; again < ATTEMPTS_MAX && result.state === 'moved'; again += 1) result = await attempt();
  return result;
}
