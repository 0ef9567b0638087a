// PolicyService over the PolicyAdmin port.
import type { PolicyAdmin, PolicyStatus } from '../pdp/admin-port.ts';
import { requestDecoder, responseEncoder, wireTime } from './codec-message.ts';
import type { GetPolicyStatusRequest__Output } from './gen/postern/v1/GetPolicyStatusRequest.ts';
import type { GetPolicyStatusResponse } from './gen/postern/v1/GetPolicyStatusResponse.ts';
import type { RawService } from './raw-service.ts';

const decodeStatus = requestDecoder<GetPolicyStatusRequest__Output>('GetPolicyStatusRequest');
const encodeStatus = responseEncoder<GetPolicyStatusResponse>('GetPolicyStatusResponse');

function wireStatus(status: PolicyStatus): GetPolicyStatusResponse {
  const { lastRefusal } = status;
  return {
    activeRevision: status.activeRevision,
    activatedAt: status.activeRevision === '' ? null : wireTime(status.activatedAtUs),
    source: status.source,
    trust: status.trust,
    generation: status.generation,
    lastRefusal:
      lastRefusal === null
        ? null
        : {
            refusedAt: wireTime(lastRefusal.refusedAtUs),
            revision: lastRefusal.revision,
            problems: [...lastRefusal.problems],
          },
  };
}

/** What policy is in force. */
export function createPolicyService(policy: PolicyAdmin): RawService {
  return {
    name: 'PolicyService',
    unary: {
      async GetPolicyStatus(encoded) {
        decodeStatus(encoded);
        return encodeStatus(wireStatus(policy.status()));
      },
    },
  };
}
