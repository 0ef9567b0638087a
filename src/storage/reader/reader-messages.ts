// What the reader thread and its clients say to each other. Everything is a plain value that crosses
// threads by structured clone.
import type { ErrorCode, FieldFault } from '../../core/error.ts';
import { PosternError } from '../../core/error.ts';
import type { RecordFilter, RecordPage, StoredRecord, VerifyProgress } from '../../pdp/audit-port.ts';

/** One call. `call` numbers are the client's own. */
export type ReaderCall =
  | {
      readonly kind: 'query';
      readonly filter: RecordFilter;
      readonly pageSize: number;
      readonly pageToken: string;
    }
  | { readonly kind: 'indexed' }
  | {
      readonly kind: 'tail';
      readonly fromIndex: number | null;
      readonly filter: RecordFilter;
      readonly stopAtEnd: boolean;
    }
  | { readonly kind: 'verify'; readonly progressEvery: number };

/** Towards the thread. `next` asks for one more item of a stream, `cancel` ends it. */
export type ReaderRequest =
  | { readonly state: 'call'; readonly call: number; readonly body: ReaderCall }
  | { readonly state: 'next'; readonly call: number }
  | { readonly state: 'cancel'; readonly call: number };

/** An answer of a call, or one item of its stream. */
export type ReaderValue = RecordPage | number | readonly StoredRecord[] | VerifyProgress;

/** From the thread. */
export type ReaderReply =
  | { readonly state: 'value'; readonly call: number; readonly value: ReaderValue }
  | { readonly state: 'end'; readonly call: number }
  | { readonly state: 'error'; readonly call: number; readonly error: ErrorMessage };

/** A PosternError without its cause, which stays on the thread that logged it. */
export interface ErrorMessage {
  readonly code: ErrorCode;
  readonly message: string;
  readonly faults: readonly FieldFault[];
  readonly facts: Readonly<Record<string, string>>;
}

export function encodeError(error: PosternError): ErrorMessage {
  return { code: error.code, message: error.message, faults: error.faults, facts: error.facts };
}

export function decodeError(error: ErrorMessage): PosternError {
  return new PosternError(error.code, error.message, { faults: error.faults, facts: error.facts });
}
