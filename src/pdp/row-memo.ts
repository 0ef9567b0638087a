// What is derived from a row of the registry, computed once for as long as the row is kept decoded. It stands
// beside the row instead of in a weak map: at a million keys most rows are read for one check only, and
// the collector would pay for every entry.
import type { QuestionForm } from '../core/question.ts';
import type { FoundKey } from './evaluation-port.ts';
import type { SettleSubject } from './settle-port.ts';

/** Empty when the row is read. Everything in it follows from the row. */
export class RowMemo {
  subject: SettleSubject | null = null;
  /** The policy input's members `key` and `company`. */
  keyPart: string | null = null;
  companyPart: string | null = null;
  /** The part of a question that follows from the row, in the form of one policy. */
  questionForm: QuestionForm | null = null;
  questionPart = '';
}

/** The rows as the ledger compares them when it settles. */
export function settleSubjectOf({ keySeq, key, company, memo }: FoundKey): SettleSubject {
  memo.subject ??= {
    keySeq,
    keyId: key.keyId,
    keyVersion: key.version,
    companyId: company.companyId,
    companyVersion: company.version,
    notBeforeUs: key.notBeforeUs,
    expiresAtUs: key.expiresAtUs,
    written: { text: '' },
  };
  return memo.subject;
}
