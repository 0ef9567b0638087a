// Ends an evaluation that takes too long. WASM has no fuel yet, so the only way is to end its thread;
// the watchdog only tells when, from the slots of the control block, and never decides anything else.
import type { ControlBlock } from '../pdp/control-block.ts';

export interface WatchdogParts {
  readonly control: ControlBlock;
  /** Milliseconds an evaluation may take. */
  readonly evaluationMsMax: number;
  readonly monoUs: () => number;
  /** Processor time of an evaluator's thread so far, in microseconds; null when it cannot be told. */
  readonly threadTimeUs: (evaluator: number) => number | null;
  /** Called once for each evaluation that is over its time. */
  readonly onOverrun: (evaluator: number) => void;
}

/** What was seen of the evaluation in a slot. */
interface Sighting {
  /** Identifies the evaluation. */
  readonly startedMonoUs: number;
  /** Of its thread, at the first sight; null when it could not be told. */
  readonly threadTimeUs: number | null;
  isSuspected: boolean;
  isReported: boolean;
}

/** Looks at the slots within the limit: the first sight of an evaluation that is over comes early in it. */
const LOOKS = 4;
/** Part of the limit that its thread must have computed since the first sight. */
const COMPUTED_PART = 0.5;
/** So many times the limit is too long even for a thread that hardly ever gets a processor. */
const STARVED_TIMES = 40;

/**
 * Returns what looks at every slot once. An overrun is believed when its thread has really computed for
 * long: on a machine that is busy, throttled or was suspended, an evaluation of microseconds can stand
 * still for longer than any limit, and ending its evaluator would cost every caller there. Where the
 * system does not tell a thread's time, two looks must see the same evaluation over the limit.
 */
export function watchSlots(parts: WatchdogParts): () => void {
  const { control, evaluationMsMax } = parts;
  const limitUs = evaluationMsMax * 1_000;
  const seen: (Sighting | null)[] = Array.from({ length: control.evaluators }, () => null);

  const isOver = (number: number, sighting: Sighting): boolean => {
    const tookUs = parts.monoUs() - sighting.startedMonoUs;
    if (tookUs <= limitUs) return false;
    const timeUs = sighting.threadTimeUs === null ? null : parts.threadTimeUs(number);
    if (timeUs === null || sighting.threadTimeUs === null) {
      const isSecondLook = sighting.isSuspected;
      sighting.isSuspected = true;
      return isSecondLook;
    }
    return timeUs - sighting.threadTimeUs >= limitUs * COMPUTED_PART || tookUs > limitUs * STARVED_TIMES;
  };

  return () => {
    for (let number = 0; number < control.evaluators; number += 1) {
      const slot = control.evaluation(number);
      if (slot === null) {
        seen[number] = null;
        continue;
      }
      const sighting = seen[number];
      if (sighting === null || sighting?.startedMonoUs !== slot.startedMonoUs) {
        seen[number] = {
          startedMonoUs: slot.startedMonoUs,
          threadTimeUs: parts.threadTimeUs(number),
          isSuspected: false,
          isReported: false,
        };
      } else if (!sighting.isReported && isOver(number, sighting)) {
        sighting.isReported = true;
        parts.onOverrun(number);
      }
    }
  };
}

/** Looks again and again. Returns how to stop it. */
export function startWatchdog(parts: WatchdogParts): () => void {
  const timer = setInterval(watchSlots(parts), Math.max(1, Math.floor(parts.evaluationMsMax / LOOKS)));
  timer.unref();
  return () => clearInterval(timer);
}
