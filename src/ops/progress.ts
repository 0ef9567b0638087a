// Liveness: whether every thread still turns its loop. Nothing else belongs into it: a sidecar that is
// restarted because its disk is full or its policy is broken only makes things worse.

/** A thread and how often its loop has turned, by its heartbeat. */
export interface Beat {
  readonly thread: string;
  readonly beats: number;
}

interface Seen {
  readonly beats: number;
  readonly sinceUs: number;
}

/** Remembers when each thread was last seen to move. Time is given by the caller, monotonic. */
export class Progress {
  readonly #seen = new Map<string, Seen>();
  readonly #stallUsMax: number;

  constructor(stallMsMax: number) {
    this.#stallUsMax = stallMsMax * 1_000;
  }

  /** Looks at the heartbeats, and returns the threads that have not moved for too long. */
  stalled(beats: readonly Beat[], nowUs: number): string[] {
    const stalled: string[] = [];
    for (const { thread, beats: count } of beats) {
      const seen = this.#seen.get(thread);
      if (seen === undefined || seen.beats !== count)
        this.#seen.set(thread, { beats: count, sinceUs: nowUs });
      else if (nowUs - seen.sinceUs > this.#stallUsMax) stalled.push(thread);
    }
    return stalled;
  }
}
