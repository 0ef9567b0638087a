// The ledger's clock, kept: reads the machine's clocks and moves the model of core/clock.ts on. The only
// place of the ledger that reads a clock.
import {
  acceptClock,
  advanceClock,
  type ClockEvent,
  type ClockState,
  type ClockStep,
  openClock,
} from '../core/clock.ts';
import type { GroupTime } from '../pdp/settle-plan.ts';
import type { LedgerOptions } from './ledger-options.ts';

export class LedgerTime {
  readonly #options: LedgerOptions;
  #state: ClockState;

  /** Goes on from the time that was committed last. */
  constructor(options: LedgerOptions, committedUs: number) {
    this.#options = options;
    this.#state = this.#step(openClock(committedUs, this.#read(), options.clock));
  }

  /** As last advanced. */
  get state(): ClockState {
    return this.#state;
  }

  /** The time now; never less than before. */
  advance(): GroupTime {
    this.#state = this.#step(advanceClock(this.#state, this.#read(), this.#options.clock));
    return this.#state;
  }

  /** Adopts the machine's time. */
  acceptJump(): void {
    this.#state = this.#step(acceptClock(this.#state, this.#read()));
  }

  #read() {
    const { world } = this.#options;
    return { wallUs: world.wallUs(), monoUs: world.monoUs() };
  }

  #step({ state, event }: ClockStep): ClockState {
    if (event !== null) {
      this.#options.world.onEvent({ kind: 'clock', change: event.kind, byUs: distanceUs(event) });
    }
    return state;
  }
}

function distanceUs(event: ClockEvent): number {
  switch (event.kind) {
    case 'jump_pending':
    case 'leap_adopted':
      return event.leapUs;
    case 'jump_withdrawn':
      return 0;
    case 'jump_accepted':
      return event.toUs - event.fromUs;
    case 'wall_behind':
      return -event.behindUs;
  }
}
