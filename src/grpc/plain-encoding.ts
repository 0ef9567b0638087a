// Messages travel as they are, both ways. A compressed one could hold a thousand times what arrived, and grpc-js
// inflates all that one read brings before anything of ours sees them: so none is ever inflated.
import { Metadata } from '@grpc/grpc-js';
import { PosternError } from '../core/error.ts';
import { callStatusOf, type GrpcStatus } from './status.ts';

const PLAIN = 'identity';
const ACCEPT = 'grpc-accept-encoding';

class PlainMetadata extends Metadata {
  static readonly #headers = Object.freeze({ [ACCEPT]: PLAIN });

  /** The same object each time: it is asked for with every answer. */
  override toHttp2Headers(): Record<string, string> {
    return PlainMetadata.#headers;
  }
}

/** What every answer begins with: grpc-js would invite callers to compress. */
export const ANSWER_METADATA: Metadata = new PlainMetadata();

/** Why a call whose `grpc-encoding` is this is not taken, or null. As gRPC prescribes, it says what would be. */
export function refuseEncoding(encoding: string): GrpcStatus | null {
  if (encoding === PLAIN) return null;
  const error = new PosternError('not_yet_built', 'Compressed messages are not supported.');
  const refusal = callStatusOf(error, () => undefined);
  refusal.metadata.set(ACCEPT, PLAIN);
  return refusal;
}
