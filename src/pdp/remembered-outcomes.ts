// What a policy answered before. A policy is a function of what it reads, so a question that was answered has
// its answer for as long as the policy is in force. Kept beside one policy, and it goes with it. It must never
// keep what was not a usable answer, nor an answer of another policy.
import { GenerationCache } from '../core/generation-cache.ts';
import { fleetingOf, type InputLeaf } from '../core/input-leaves.ts';
import type { PolicyOutcome } from '../core/policy.ts';
import { QuestionForm } from '../core/question.ts';
import type { CheckItem, CheckSource } from '../core/request.ts';
import type { FoundKey } from './evaluation-port.ts';

/** Longer questions, or answers, are not kept: some megabytes for all is the most that it may take. */
const QUESTION_CHARS_MAX = 1_024;
const ANSWER_CHARS_MAX = 1_024;

export class RememberedOutcomes {
  readonly #form: QuestionForm;
  readonly #outcomes: GenerationCache<string, PolicyOutcome>;

  private constructor(leaves: readonly InputLeaf[], answersMax: number) {
    this.#form = new QuestionForm(leaves);
    this.#outcomes = new GenerationCache(answersMax);
  }

  /**
   * For a policy that reads these leaves. Null when it is not known what it reads, or when it reads what differs with
   * nearly every check: then every check is evaluated.
   */
  static of(leaves: readonly InputLeaf[] | null, answersMax: number): RememberedOutcomes | null {
    if (leaves === null || answersMax === 0 || fleetingOf(leaves).length > 0) return null;
    return new RememberedOutcomes(leaves, answersMax);
  }

  /** What the policy is asked about this item. */
  question({ key, company, memo }: FoundKey, item: CheckItem, source: CheckSource): string {
    if (memo.questionForm !== this.#form) {
      memo.questionForm = this.#form;
      memo.questionPart = this.#form.rowPart(key, company);
    }
    return this.#form.write(memo.questionPart, item, source);
  }

  recall(question: string): PolicyOutcome | undefined {
    return this.#outcomes.get(question);
  }

  /** Keeps what the policy answered, `answer` being the text of it. */
  keep(question: string, answer: string, outcome: PolicyOutcome): void {
    if (question.length > QUESTION_CHARS_MAX || answer.length > ANSWER_CHARS_MAX) return;
    this.#outcomes.set(question, outcome);
  }
}
