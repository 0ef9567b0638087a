/**
 * Compares what a sidecar answered before it was killed with the log that its successor tells: an answer
 * without its record is the one thing that must never be.
 */
import type { CheckResponse__Output } from '../../src/grpc/gen/postern/v1/CheckResponse.ts';
import type { LoggedRecord } from './sidecar-log.ts';

interface OpenWindow {
  readonly index: number;
  /** Answers that named it. */
  answered: number;
}

/** One log over any number of kills. */
export class KilledLog {
  /** Records seen so far. */
  size = 0;
  answers = 0;
  windowsClosed = 0;
  #since: CheckResponse__Output[] = [];
  readonly #open = new Map<string, OpenWindow>();
  /** Answers counted in windows whose opening was not read yet. */
  readonly #counted = new Map<string, number>();
  #lastSettledAt = 0n;

  /** An answer came. */
  answered(answer: CheckResponse__Output): void {
    this.answers += 1;
    this.#since.push(answer);
  }

  /** What is wrong with the records behind `size`, read after a kill and a restart. */
  problemsAfterRestart(records: readonly LoggedRecord[]): string[] {
    const problems: string[] = [];
    const first = this.size;
    const byIndex = new Map(records.map((record) => [record.index, record]));
    for (const [place, { index }] of records.entries()) {
      if (index !== first + place) problems.push(`record ${first + place} is missing`);
    }
    for (const answer of this.#since) {
      const problem = this.#answerProblem(answer, byIndex);
      if (problem !== null) problems.push(`${answer.requestId}: ${problem}`);
    }
    for (const record of records) problems.push(...this.#follow(record));
    for (const [id, { index }] of this.#open) problems.push(`window ${id} of record ${index} was left open`);
    this.size = first + records.length;
    this.#since = [];
    this.#open.clear();
    this.#counted.clear();
    return problems;
  }

  #answerProblem(answer: CheckResponse__Output, byIndex: ReadonlyMap<number, LoggedRecord>): string | null {
    const reference = answer.auditRecord;
    if (reference === null || reference === undefined) return 'the answer names no record';
    if (reference.windowId !== '') {
      this.#counted.set(reference.windowId, (this.#counted.get(reference.windowId) ?? 0) + 1);
      return null;
    }
    const logged = byIndex.get(Number(reference.index));
    if (logged === undefined) return `its record ${reference.index} is not in the log`;
    if (!logged.leaf.equals(reference.leaf)) return `record ${reference.index} has other bytes`;
    if (logged.record['decision_id'] !== answer.decisionId) return 'its record is of another decision';
    return null;
  }

  #follow({ index, kind, record }: LoggedRecord): string[] {
    const id = String(record['window_id']);
    switch (kind) {
      case 'decision': {
        const settledAt = BigInt(String(record['settled_at']));
        const wentBack = settledAt < this.#lastSettledAt;
        this.#lastSettledAt = settledAt;
        return wentBack ? [`record ${index} was settled before the one ahead of it`] : [];
      }
      case 'window_opened':
        this.#open.set(id, { index, answered: this.#counted.get(id) ?? 0 });
        this.#counted.delete(id);
        return [];
      case 'window_closed':
        return this.#close(id, record);
      default:
        return [];
    }
  }

  /** The load never pauses for as long as a window waits, so only the restart closes it. */
  #close(id: string, record: LoggedRecord['record']): string[] {
    const open = this.#open.get(id);
    this.#open.delete(id);
    this.windowsClosed += 1;
    if (open === undefined) return [`window ${id} was closed without being open`];
    const { because, total } = record;
    if (because !== 'recovered') return [`window ${id} was closed as ${because}`];
    // More may have been counted than answered: the kill came between both.
    return Number(total) < open.answered ? [`window ${id} counts ${total}, answered ${open.answered}`] : [];
  }
}
