// One seat for each evaluator; a seat outlives the threads that sit on it, and knows how they fared.
import type { Worker } from 'node:worker_threads';
import { monoUs } from '../ops/clock.ts';
import { STEADY_US } from './restart-delay.ts';

export type SeatState = 'starting' | 'serving' | 'restarting';

export interface Seat {
  readonly number: number;
  state: SeatState;
  /** Threads that the watchdog ended. */
  kills: number;
  worker: Worker | null;
  /** The system's id of its thread; null where it cannot be told. */
  threadId: number | null;
  addresses: readonly string[];
  /** Its unix socket is there no more, or something else in its place. */
  isSocketLost: boolean;
  /** Failures in a row: threads that could not start, or ended by themselves soon after. */
  failures: number;
  /** Monotonic. */
  servingSinceUs: number;
  /** Counts its threads, so that who waited for one sees that it is another's turn. */
  turn: number;
  /** The end of the last thread that the watchdog ended. */
  ending: Promise<unknown> | null;
  /** Set while the seat waits for its next thread. */
  retry: NodeJS.Timeout | null;
}

export function emptySeat(number: number): Seat {
  return {
    number,
    state: 'starting',
    kills: 0,
    worker: null,
    threadId: null,
    addresses: [],
    isSocketLost: false,
    failures: 0,
    servingSinceUs: 0,
    turn: 0,
    ending: null,
    retry: null,
  };
}

/** Takes the thread off its seat; its end is no accident any more. */
export function vacate(seat: Seat): void {
  if (seat.state === 'serving' && monoUs() - seat.servingSinceUs > STEADY_US) seat.failures = 0;
  seat.worker = null;
  seat.state = 'restarting';
  seat.isSocketLost = false;
  seat.turn += 1;
}
