// Validates what hosts report after decisions. Everything in a report is the host's own, so whatever is
// wrong with it is a fault.
import type { PosternError } from './error.ts';
import { FieldFaults } from './field-faults.ts';
import { isDecisionId } from './id-shape.ts';
import { OUTCOMES_MAX } from './request.ts';

export type ReportedStatus = 'success' | 'client_error' | 'server_error' | 'downstream_error' | 'unknown';

/** As decoded; the codec maps the enum, null for its zero value. */
export interface RawOutcome {
  readonly decisionId: string;
  readonly status: ReportedStatus | null;
  readonly httpStatus: number;
  readonly errorCategory: string;
}

export interface ParsedOutcomeReport {
  readonly decisionId: string;
  readonly status: ReportedStatus;
  /** 0: not given. */
  readonly httpStatus: number;
  /** Empty: not given. */
  readonly errorCategory: string;
}

const ERROR_CATEGORY_PATTERN = /^[a-z0-9_]{0,64}$/;

/** Parses 1-1,000 reports. Throws PosternError `request_malformed` with the faults of all. */
export function parseOutcomes(raws: readonly RawOutcome[]): readonly ParsedOutcomeReport[] {
  const faults = new FieldFaults();
  if (raws.length < 1 || raws.length > OUTCOMES_MAX) {
    faults.add('outcomes', `must have 1-${OUTCOMES_MAX} entries`);
    faults.throwIfAny();
  }
  const reports = raws.map((raw, index) => checkedOutcome(raw, `outcomes[${index}].`, faults));
  faults.throwIfAny();
  return reports;
}

/** Parses one report of a stream; returns the error instead of throwing it. */
export function parseOutcome(raw: RawOutcome): ParsedOutcomeReport | PosternError {
  const faults = new FieldFaults();
  const report = checkedOutcome(raw, 'outcome.', faults);
  return faults.error() ?? report;
}

function checkedOutcome(raw: RawOutcome, prefix: string, faults: FieldFaults): ParsedOutcomeReport {
  if (!isDecisionId(raw.decisionId)) {
    faults.add(`${prefix}decision_id`, 'must be the id of a decision: `dec_` and a UUID');
  }
  if (raw.status === null) faults.add(`${prefix}status`, 'is required');
  const isHttpStatus = raw.httpStatus === 0 || (raw.httpStatus >= 100 && raw.httpStatus <= 599);
  if (!isHttpStatus) faults.add(`${prefix}http_status`, 'must be 0 or from 100 to 599');
  if (!ERROR_CATEGORY_PATTERN.test(raw.errorCategory)) {
    faults.add(`${prefix}error_category`, 'must be at most 64 of lower-case letters, digits and `_`');
  }
  const { decisionId, status, httpStatus, errorCategory } = raw;
  return { decisionId, status: status ?? 'unknown', httpStatus, errorCategory };
}
