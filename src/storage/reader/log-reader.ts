// The reader of the audit log on its own thread: queries, tails, verification and the search index that
// it keeps. It never writes to the log.
import type {
  AuditReader,
  RecordFilter,
  RecordPage,
  StoredRecord,
  VerifyProgress,
} from '../../pdp/audit-port.ts';
import { IndexFollower } from './index-follower.ts';
import { LogGrowth } from './log-growth.ts';
import { LogSource } from './log-source.ts';
import { verifyLog } from './log-verify.ts';
import { asReadError, reading } from './read-error.ts';
import { queryRecords } from './record-query.ts';
import { tailRecords } from './record-tail.ts';

export interface LogReaderOptions {
  readonly dataDirectory: string;
  /** Committed records, cheap to ask (the control block). Null: asks the database. */
  readonly logSize: (() => number) | null;
  /** Told about errors of the search index that it goes on after. */
  readonly onProblem: (problem: unknown) => void;
}

/** Batches that a query indexes before it answers: so it knows what was recorded just before. */
const CATCH_UP_BATCHES = 4;

export class LogReader implements AuditReader {
  readonly #log: LogSource;
  readonly #follower: IndexFollower;
  readonly #growth: LogGrowth;
  readonly #logSize: () => number;

  private constructor(log: LogSource, options: LogReaderOptions) {
    this.#log = log;
    this.#follower = new IndexFollower({
      dataDirectory: options.dataDirectory,
      log,
      onProblem: options.onProblem,
    });
    this.#logSize = options.logSize ?? (() => log.head().size);
    this.#growth = new LogGrowth(this.#logSize);
  }

  /** @throws PosternError when the ledger's database is missing, damaged or of another version. */
  static open(options: LogReaderOptions): LogReader {
    const log = LogSource.open(options.dataDirectory);
    try {
      return new LogReader(log, options);
    } catch (error) {
      log.close();
      throw error;
    }
  }

  /** Keeps the search index close behind the log until the signal aborts. */
  follow(signal: AbortSignal): Promise<void> {
    return this.#follower.follow(this.#logSize, signal);
  }

  // Async, so that what these throw is a rejection.
  async query(filter: RecordFilter, pageSize: number, pageToken: string): Promise<RecordPage> {
    try {
      const { size } = this.#log.head();
      for (let batch = 0; batch < CATCH_UP_BATCHES && this.#follower.step(size); batch++);
      return this.#follower.reading((search, indexed) =>
        queryRecords({ log: this.#log, search, indexed }, { filter, pageSize, pageToken }),
      );
    } catch (error) {
      throw asReadError(error);
    }
  }

  tail(
    fromIndex: number | null,
    filter: RecordFilter,
    stopAtEnd: boolean,
    signal: AbortSignal,
  ): AsyncIterable<readonly StoredRecord[]> {
    return reading(tailRecords(this.#log, this.#growth, filter, { fromIndex, stopAtEnd }, signal));
  }

  verify(progressEvery: number, signal: AbortSignal): AsyncIterable<VerifyProgress> {
    return reading(verifyLog(this.#log, progressEvery, signal));
  }

  async indexed(): Promise<number> {
    return this.#follower.indexed;
  }

  /** Call it after `follow` ended. */
  close(): void {
    this.#follower.close();
    this.#log.close();
  }
}
