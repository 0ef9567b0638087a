// What grpc-js finds wrong with a call by itself and says in words of its own, in ours: every error that leaves has
// a code of the contract.
import { type ServerInterceptingCallInterface, status } from '@grpc/grpc-js';
import { PosternError } from '../core/error.ts';

export type SentStatus = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];

/** What grpc-js found wrong by itself, in our words; null: leave it. Statuses of ours carry metadata. */
export function explainStatus(sent: SentStatus): PosternError | null {
  if (sent.code === status.OK || (sent.metadata ?? null) !== null) return null;
  const text = sent.details ?? '';
  switch (sent.code) {
    case status.DEADLINE_EXCEEDED:
      return new PosternError('deadline_exceeded', 'The deadline of the call has passed.');
    case status.INTERNAL:
      if (text.startsWith('Invalid grpc-timeout')) {
        return new PosternError('request_malformed', 'The deadline of the call is not well-formed.');
      }
      return new PosternError('internal', 'An internal error occurred.');
    case status.UNIMPLEMENTED:
      return text.startsWith('Received')
        ? new PosternError('request_malformed', 'The call must hold exactly one message.')
        : null;
    case status.UNKNOWN:
      return new PosternError('internal', 'An internal error occurred.');
    default:
      return null;
  }
}
