// What a policy answered before. A policy is a function of what it reads, so a question that was answered has
// its answer for as long as the policy is in force. Kept beside one policy, and it goes with it. It must never
// keep what was not a usable answer, nor an answer of another policy.
import { fleetingOf, type InputLeaf } from '../core/input-leaves.ts';
import type { PolicyOutcome } from '../core/policy.ts';
import { QuestionForm } from '../core/question.ts';
import type { CheckItem, CheckSource } from '../core/request.ts';
import type { FoundKey } from './evaluation-port.ts';
import { OutcomeTable, type TextDigest } from './outcome-table.ts';

/** Longer answers are not kept: some megabytes for all is the most that they may take. */
const ANSWER_CHARS_MAX = 1_024;

export class RememberedOutcomes {
  readonly #form: QuestionForm;
  readonly #outcomes: OutcomeTable;

  private constructor(leaves: readonly InputLeaf[], answersMax: number, digest: TextDigest) {
    this.#form = new QuestionForm(leaves);
    this.#outcomes = new OutcomeTable(answersMax, digest);
  }

  /**
   * For a policy that reads these leaves. Null when it is not known what it reads, or when it reads what differs with
   * nearly every check: then every check is evaluated.
   */
  static of(
    leaves: readonly InputLeaf[] | null,
    answersMax: number,
    digest: TextDigest,
  ): RememberedOutcomes | null {
    if (leaves === null || answersMax === 0 || fleetingOf(leaves).length > 0) return null;
    return new RememberedOutcomes(leaves, answersMax, digest);
  }

  /** What the policy answered to what it is asked about this item, if it was asked before. */
  recall({ key, company, memo }: FoundKey, item: CheckItem, source: CheckSource): PolicyOutcome | undefined {
    if (memo.questionForm !== this.#form) {
      memo.questionForm = this.#form;
      memo.questionPart = this.#form.rowPart(key, company);
    }
    return this.#outcomes.find(this.#form.write(memo.questionPart, item, source));
  }

  /** Keeps what the policy answered to the question that was recalled last, `answer` being the text of it. */
  keep(answer: string, outcome: PolicyOutcome): void {
    if (answer.length <= ANSWER_CHARS_MAX) this.#outcomes.keep(answer, outcome);
  }
}
