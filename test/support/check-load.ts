/**
 * Checks that go on until they are told to stop: one after the other on each lane, as single calls, batches
 * or a stream. Every answer and every error is told as it comes.
 */
import type { CallError } from '../../src/client/call-error.ts';
import type { CheckStream } from '../../src/client/check-stream.ts';
import type { SidecarClient } from '../../src/client/connect.ts';
import type { CheckRequest } from '../../src/grpc/gen/postern/v1/CheckRequest.ts';
import type { CheckResponse__Output } from '../../src/grpc/gen/postern/v1/CheckResponse.ts';

export type LaneKind = 'unary' | 'batch' | 'stream';

/** Everything of a check but its id. */
export type Question = Omit<CheckRequest, 'requestId'>;

export interface Lane {
  readonly kind: LaneKind;
  readonly client: SidecarClient;
  /** Asked for each check. */
  readonly question: () => Question;
}

export interface CheckLoadOptions<Mark> {
  readonly lanes: readonly Lane[];
  /** Taken when a check is sent, handed back with its answer. */
  readonly mark: () => Mark;
  readonly onAnswer: (answer: CheckResponse__Output, mark: Mark, lane: Lane) => void;
  readonly onError?: (error: CallError, mark: Mark, lane: Lane) => void;
  /** Whether a lane goes on after an error; default: it ends. */
  readonly goesOn?: (error: CallError) => boolean;
}

const BATCH_ITEMS = 20;
const STREAM_IN_FLIGHT = 16;

/** Starts every lane at once. */
export class CheckLoad<Mark> {
  readonly #options: CheckLoadOptions<Mark>;
  readonly #lanes: Promise<unknown>;
  #count = 0;
  #stopping = false;

  constructor(options: CheckLoadOptions<Mark>) {
    this.#options = options;
    this.#lanes = Promise.all(options.lanes.map((lane) => this.#run(lane)));
  }

  /** Sends nothing more and waits for what was sent. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#lanes;
  }

  /** Resolves when every lane has ended, by `stop` or by an error. */
  get ended(): Promise<unknown> {
    return this.#lanes;
  }

  #run(lane: Lane): Promise<unknown> {
    if (lane.kind === 'unary') return this.#repeat(lane, () => this.#unary(lane));
    if (lane.kind === 'batch') return this.#repeat(lane, () => this.#batch(lane));
    const stream = lane.client.authorization.openStream();
    const flights = Array.from({ length: STREAM_IN_FLIGHT }, () =>
      this.#repeat(lane, () => this.#streamed(lane, stream)),
    );
    return Promise.all(flights).then(() => stream.close());
  }

  async #repeat(lane: Lane, once: () => Promise<void>): Promise<void> {
    while (!this.#stopping) {
      const mark = this.#options.mark();
      try {
        await once();
      } catch (error) {
        const callError = error as CallError;
        this.#options.onError?.(callError, mark, lane);
        if (this.#options.goesOn?.(callError) !== true) return;
      }
    }
  }

  #nextId(): string {
    this.#count += 1;
    return `load-${this.#count}`;
  }

  async #unary(lane: Lane): Promise<void> {
    const mark = this.#options.mark();
    const answer = await lane.client.authorization.check({ requestId: this.#nextId(), ...lane.question() });
    this.#options.onAnswer(answer, mark, lane);
  }

  async #streamed(lane: Lane, stream: CheckStream): Promise<void> {
    const mark = this.#options.mark();
    const answer = await stream.check({ requestId: this.#nextId(), ...lane.question() });
    this.#options.onAnswer(answer, mark, lane);
  }

  async #batch(lane: Lane): Promise<void> {
    const mark = this.#options.mark();
    const { apiKey, source, ...item } = lane.question();
    const items = Array.from({ length: BATCH_ITEMS }, () => ({ requestId: this.#nextId(), ...item }));
    const { results } = await lane.client.authorization.batchCheck({
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(source === undefined ? {} : { source }),
      items,
    });
    for (const { response } of results) {
      if (response) this.#options.onAnswer(response, mark, lane);
    }
  }
}
