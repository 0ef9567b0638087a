// Reported outcomes to the core's reports. All faults of a call are told at once, by index.
import { FieldFaults } from '../core/field-faults.ts';
import { OUTCOMES_MAX } from '../core/request.ts';
import { isPrintableAscii } from '../core/text-rules.ts';
import type { OutcomeReport, OutcomeStatus } from '../pdp/settle-port.ts';
import { messageType } from './descriptor.ts';
import type { Outcome__Output } from './gen/postern/v1/Outcome.ts';
import type { ReportOutcomesRequest__Output } from './gen/postern/v1/ReportOutcomesRequest.ts';
import { strictDecoder } from './strict-decoder.ts';

const DECISION_ID_CHARS_MAX = 64;
const ERROR_CATEGORY_PATTERN = /^[a-z0-9_]{0,64}$/;
const HTTP_STATUS_MIN = 100;
const HTTP_STATUS_MAX = 599;

const STATUSES: Readonly<Record<Outcome__Output['status'], OutcomeStatus | null>> = {
  STATUS_UNSPECIFIED: null,
  STATUS_SUCCESS: 'success',
  STATUS_CLIENT_ERROR: 'client_error',
  STATUS_SERVER_ERROR: 'server_error',
  STATUS_DOWNSTREAM_ERROR: 'downstream_error',
  STATUS_UNKNOWN: 'unknown',
};

const decodeReports = strictDecoder<ReportOutcomesRequest__Output>(
  messageType('postern.v1.ReportOutcomesRequest'),
);

/** A ReportOutcomesRequest. Throws PosternError `request_malformed`. */
export function decodeOutcomes(encoded: Buffer): readonly OutcomeReport[] {
  const { outcomes } = decodeReports(encoded);
  const faults = new FieldFaults();
  if (outcomes.length < 1 || outcomes.length > OUTCOMES_MAX) {
    faults.add('outcomes', `must have 1-${OUTCOMES_MAX} entries`);
    faults.throwIfAny();
  }
  const reports = outcomes.map((outcome, at) => parseOutcome(outcome, `outcomes[${at}].`, faults));
  faults.throwIfAny();
  return reports;
}

/** One outcome; what is wrong with it is added to the faults. */
export function parseOutcome(raw: Outcome__Output, prefix: string, faults: FieldFaults): OutcomeReport {
  const { decisionId, httpStatus, errorCategory } = raw;
  if (decisionId === '') faults.add(`${prefix}decision_id`, 'is required');
  else if (decisionId.length > DECISION_ID_CHARS_MAX || !isPrintableAscii(decisionId)) {
    faults.add(`${prefix}decision_id`, `must be 1-${DECISION_ID_CHARS_MAX} printable ASCII characters`);
  }
  const status = STATUSES[raw.status];
  if (status === null) faults.add(`${prefix}status`, 'is required');
  if (httpStatus !== 0 && (httpStatus < HTTP_STATUS_MIN || httpStatus > HTTP_STATUS_MAX)) {
    faults.add(`${prefix}http_status`, `must be 0 or ${HTTP_STATUS_MIN}-${HTTP_STATUS_MAX}`);
  }
  if (!ERROR_CATEGORY_PATTERN.test(errorCategory)) {
    faults.add(`${prefix}error_category`, 'must be at most 64 lower-case letters, digits and `_`');
  }
  return { decisionId, status: status ?? 'unknown', httpStatus, errorCategory };
}
