// One StreamCheck call. It reads only as far ahead as results can be sent, an error of one message never
// ends the stream, and whatever was read is answered before the stream ends.
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { assert } from '../core/assert.ts';
import { PosternError } from '../core/error.ts';
import { type CheckCall, STREAM_IN_FLIGHT_MAX } from '../core/request.ts';
import type { CallOrigin, Checker } from '../pdp/check-port.ts';
import type { OutcomeReport } from '../pdp/settle-port.ts';
import type { ArrivalAccount } from './arrival-budget.ts';
import { decodeStreamMessage } from './codec-stream.ts';
import { discardMessage } from './message-intake.ts';
import { callStatusOf, itemStatusOf, type ReportError } from './status.ts';
import { StreamOutput } from './stream-output.ts';
import { TurnBatch } from './turn-batch.ts';

export interface StreamCheckOptions {
  readonly checker: Checker;
  /** Where a message that is read now comes from, and until when it must be decided. */
  readonly origin: () => CallOrigin;
  readonly report: ReportError;
  /** What is held for the connection; undefined once it is closed. */
  readonly account: ArrivalAccount | undefined;
  /** Ends the call at once, without waiting for results to be taken. */
  readonly refuse: (error: PosternError) => void;
  /** Whether what arrived ends in the middle of a message. */
  readonly isMidMessage: () => boolean;
}

const NOT_TAKEN = 'Too many results wait to be taken.';

/** Serves one stream until it has ended. */
export class StreamCheck {
  readonly #call: ServerDuplexStream<Buffer, Buffer>;
  readonly #options: StreamCheckOptions;
  readonly #output: StreamOutput;
  readonly #outcomes: TurnBatch<OutcomeReport>;
  /** Ids of checks that are being decided. */
  readonly #deciding = new Set<string>();
  #reporting = 0;
  #hasEnded = false;
  #isClosed = false;
  #isDraining = false;

  constructor(call: ServerDuplexStream<Buffer, Buffer>, options: StreamCheckOptions) {
    this.#call = call;
    this.#options = options;
    const hooks = {
      onTaken: () => this.#proceed(),
      onFailure: (cause: unknown) => this.#end(cause),
      onRefused: () => this.#refuse(),
    };
    this.#output = new StreamOutput(call, hooks, options.account);
    this.#outcomes = new TurnBatch((reports) => this.#reportOutcomes(reports));
    call.on('data', (encoded: Buffer) => this.#read(encoded));
    call.on('end', () => {
      this.#hasEnded = true;
      this.#proceed();
    });
    call.on('cancelled', () => {
      // What is being decided is settled all the same: it was charged, and its record stands.
      this.#isClosed = true;
      this.#output.close();
    });
  }

  /** Reads nothing more, answers what was read, and ends as `shutting_down`. */
  drain(): void {
    this.#isDraining = true;
    this.#call.pause();
    this.#proceed();
  }

  /**
   * The call has its status, at its deadline for one, whatever waited before it. Of results that were not taken only
   * what HTTP/2 has already can still leave.
   */
  abandon(): void {
    const isUntaken = this.#output.size > 0;
    this.#isClosed = true;
    this.#output.close();
    if (isUntaken) this.#call.destroy();
  }

  get #inFlight(): number {
    return this.#deciding.size + this.#reporting + this.#output.size;
  }

  #read(encoded: Buffer): void {
    if (this.#isDraining || this.#isClosed) return;
    const message = decodeStreamMessage(encoded);
    discardMessage(encoded);
    if (message.kind === 'check') this.#check(message.id, message.call);
    else if (message.kind === 'faulty') this.#fail(message.id, message.error);
    else {
      this.#reporting += 1;
      this.#outcomes.add(message.report);
    }
    if (this.#inFlight >= STREAM_IN_FLIGHT_MAX) this.#call.pause();
  }

  #fail(id: string, error: unknown): void {
    this.#output.add({ id, error: itemStatusOf(error, this.#options.report) });
  }

  #check(id: string, check: CheckCall): void {
    if (this.#deciding.has(id)) {
      const faults = [{ field: 'check.request_id', problem: 'is in flight on this stream already' }];
      this.#fail(id, new PosternError('request_malformed', 'The check is in flight already.', { faults }));
      return;
    }
    this.#deciding.add(id);
    this.#decide(id, check).catch(this.#options.report);
  }

  async #decide(id: string, check: CheckCall): Promise<void> {
    try {
      const [answer] = await this.#options.checker.check(check, this.#options.origin());
      assert(answer !== undefined, 'the checker answers every item');
      this.#deciding.delete(id);
      this.#output.add({ id, answer });
    } catch (error) {
      this.#deciding.delete(id);
      this.#fail(id, error);
    }
  }

  #reportOutcomes(reports: readonly OutcomeReport[]): void {
    this.#recordOutcomes(reports).catch(this.#options.report);
  }

  async #recordOutcomes(reports: readonly OutcomeReport[]): Promise<void> {
    try {
      const states = await this.#options.checker.reportOutcomes(reports);
      this.#reporting -= reports.length;
      reports.forEach(({ decisionId }, at) => {
        const outcome = states[at];
        assert(outcome !== undefined, 'every outcome is answered');
        this.#output.add({ id: decisionId, outcome });
      });
    } catch (error) {
      this.#reporting -= reports.length;
      for (const { decisionId } of reports) this.#fail(decisionId, error);
    }
  }

  /** Reads on, or ends when everything that was read is answered. */
  #proceed(): void {
    if (this.#isClosed) return;
    if (this.#inFlight > 0 || !(this.#hasEnded || this.#isDraining)) {
      if (!this.#isDraining && this.#inFlight < STREAM_IN_FLIGHT_MAX) this.#call.resume();
      return;
    }
    if (!this.#hasEnded) {
      this.#end(new PosternError('shutting_down', 'The sidecar is closing this connection.'));
      return;
    }
    if (this.#options.isMidMessage()) {
      this.#end(new PosternError('request_malformed', 'The stream ended in the middle of a message.'));
      return;
    }
    this.#isClosed = true;
    this.#call.end();
  }

  #refuse(): void {
    this.#isClosed = true;
    this.#output.close();
    this.#options.refuse(new PosternError('overloaded', NOT_TAKEN, { retryAfterMs: 100 }));
  }

  /** Ends the stream with an error, when the results before it were taken. */
  #end(error: unknown): void {
    this.#isClosed = true;
    this.#output.close();
    this.#call.emit('error', callStatusOf(error, this.#options.report));
  }
}
