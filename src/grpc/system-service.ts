// SystemService over the SystemAdmin port.
import { parseWhy } from '../core/parse-admin.ts';
import type { ClockStatus, SystemAdmin, SystemStatus } from '../pdp/admin-port.ts';
import { actorOf } from './actor.ts';
import { requestDecoder, responseEncoder, wireTime } from './codec-message.ts';
import type { AcceptClockRequest__Output } from './gen/postern/v1/AcceptClockRequest.ts';
import type { AcceptClockResponse } from './gen/postern/v1/AcceptClockResponse.ts';
import type { ClockStatus as WireClock } from './gen/postern/v1/ClockStatus.ts';
import type { GetStatusRequest__Output } from './gen/postern/v1/GetStatusRequest.ts';
import type { GetStatusResponse } from './gen/postern/v1/GetStatusResponse.ts';
import type { RawService } from './raw-service.ts';

const decodeStatus = requestDecoder<GetStatusRequest__Output>('GetStatusRequest');
const decodeAccept = requestDecoder<AcceptClockRequest__Output>('AcceptClockRequest');
const encodeStatus = responseEncoder<GetStatusResponse>('GetStatusResponse');
const encodeAccepted = responseEncoder<AcceptClockResponse>('AcceptClockResponse');

function wireClock({ nowUs, wallOffsetUs, jumpPending }: ClockStatus): WireClock {
  return { now: wireTime(nowUs), wallOffset: wireTime(wallOffsetUs), jumpPending };
}

function wireStatus(status: SystemStatus): GetStatusResponse {
  return {
    version: status.version,
    nodeVersion: status.nodeVersion,
    sqliteVersion: status.sqliteVersion,
    startedAt: wireTime(status.startedAtUs),
    ready: status.ready,
    notReadyBecause: [...status.notReadyBecause],
    ledger: status.ledger,
    clock: wireClock(status.clock),
    evaluators: [...status.evaluators],
    decisionAddresses: [...status.decisionAddresses],
    environment: status.environment,
  };
}

/** The sidecar itself. */
export function createSystemService(system: SystemAdmin): RawService {
  return {
    name: 'SystemService',
    unary: {
      async GetStatus(encoded) {
        decodeStatus(encoded);
        return encodeStatus(wireStatus(await system.status()));
      },
      async AcceptClock(encoded, { peer }) {
        const why = parseWhy(decodeAccept(encoded).reason);
        return encodeAccepted({ clock: wireClock(await system.acceptClock(why, actorOf(peer))) });
      },
    },
  };
}
