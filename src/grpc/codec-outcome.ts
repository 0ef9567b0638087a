// Reported outcomes to the core's reports: strictly decoded, then validated by the core.
import type { PosternError } from '../core/error.ts';
import { parseOutcome, parseOutcomes, type RawOutcome } from '../core/parse-outcome.ts';
import type { OutcomeReport, OutcomeStatus } from '../pdp/settle-port.ts';
import { messageType } from './descriptor.ts';
import type { Outcome__Output } from './gen/postern/v1/Outcome.ts';
import type { ReportOutcomesRequest__Output } from './gen/postern/v1/ReportOutcomesRequest.ts';
import { strictDecoder } from './strict-decoder.ts';

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

function rawOutcome(outcome: Outcome__Output): RawOutcome {
  return { ...outcome, status: STATUSES[outcome.status] };
}

/** A ReportOutcomesRequest. Throws PosternError `request_malformed` with all faults. */
export function decodeOutcomes(encoded: Buffer): readonly OutcomeReport[] {
  return parseOutcomes(decodeReports(encoded).outcomes.map(rawOutcome));
}

/** The outcome in a message of a stream, or what is wrong with it. */
export function parseStreamOutcome(outcome: Outcome__Output): OutcomeReport | PosternError {
  return parseOutcome(rawOutcome(outcome));
}
