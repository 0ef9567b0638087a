// A decision as the command line shows it.
import { jsonOfStruct } from '../client/struct.ts';
import type { CheckResponse__Output } from '../grpc/gen/postern/v1/CheckResponse.ts';
import { effectName, reasonName } from './enum-name.ts';
import { type Output, printable } from './output.ts';
import { durationText, durationUs } from './timestamps.ts';

/** The decision under the contract's own names, for machines. */
export function checkView(answer: CheckResponse__Output) {
  const { publicError, subject, auditRecord } = answer;
  return {
    request_id: answer.requestId,
    decision_id: answer.decisionId,
    effect: effectName(answer.effect),
    reason: reasonName(answer.reason),
    code: answer.code,
    public_error: publicError && {
      http_status: publicError.httpStatus,
      code: publicError.code,
      message: publicError.message,
    },
    subject: subject && { company_id: subject.companyId, key_id: subject.keyId, scopes: subject.scopes },
    limits: answer.limits.map((limit) => ({
      name: limit.name,
      subject: limit.subject,
      limit: Number(limit.limit),
      remaining: Number(limit.remaining),
      reset_after_us: durationUs(limit.resetAfter),
      retry_after_us: durationUs(limit.retryAfter),
      refused: limit.refused,
    })),
    response_headers: Object.fromEntries(answer.responseHeaders.map(({ name, value }) => [name, value])),
    obligations: answer.obligations.map(({ name, parameters }) => ({
      name,
      parameters: parameters === null ? {} : jsonOfStruct(parameters),
    })),
    policy_revision: answer.policyRevision,
    audit_record: auditRecord && {
      log_id: auditRecord.logId,
      index: Number(auditRecord.index),
      leaf: auditRecord.leaf.toString('utf8'),
      window_id: auditRecord.windowId,
    },
  };
}

function recordText(answer: CheckResponse__Output): string {
  const record = answer.auditRecord;
  if (record === null) return '';
  return record.windowId === ''
    ? `${record.index} of log ${record.logId}`
    : `counted in window ${record.windowId}`;
}

/** Prints a decision for people. */
export function printCheck(output: Output, answer: CheckResponse__Output): void {
  const isAllowed = answer.effect === 'EFFECT_ALLOW';
  const word = isAllowed ? output.tone('good', 'ALLOW') : output.tone('bad', 'DENY');
  output.line(
    `${word}  ${reasonName(answer.reason)}${answer.code === '' ? '' : ` (${printable(answer.code)})`}`,
  );
  const { publicError, subject } = answer;
  output.pairs([
    ['company', printable(subject?.companyId ?? '')],
    ['key', subject?.keyId ?? ''],
    ['scopes', printable(subject?.scopes.join(' ') ?? '')],
    [
      'to the partner',
      publicError === null ? '' : `${publicError.httpStatus} ${publicError.code}: ${publicError.message}`,
    ],
    ['obligations', answer.obligations.map(({ name }) => printable(name)).join(' ')],
    ['decision', answer.decisionId],
    ['audit record', recordText(answer)],
    ['policy', answer.policyRevision.slice(0, 12)],
  ]);
  if (answer.limits.length === 0) return;
  output.line();
  output.table(
    ['limit', 'of', 'remaining', 'full again in', 'retry in'],
    answer.limits.map((limit) => [
      `${printable(limit.name)} (${printable(limit.subject)})`,
      limit.limit,
      limit.remaining,
      durationText(durationUs(limit.resetAfter)),
      limit.refused ? output.tone('bad', durationText(durationUs(limit.retryAfter))) : '',
    ]),
  );
}
