// KeyService over the KeyAdmin port. The secret of a new key passes through here once, into the answer of
// the call that made it, and nowhere else.
import { FieldFaults } from '../core/field-faults.ts';
import { checkCompanyId, parseKeyDraft, parseKeyId, parsePage, parseWhy } from '../core/parse-admin.ts';
import type { KeyRecord, KeyStatus } from '../core/registry.ts';
import type { KeyAdmin } from '../pdp/admin-port.ts';
import { actorOf } from './actor.ts';
import { requestDecoder, responseEncoder, wireTime, wireTimeOrNull } from './codec-message.ts';
import type { ActivateKeyRequest__Output } from './gen/postern/v1/ActivateKeyRequest.ts';
import type { CreateKeyRequest__Output } from './gen/postern/v1/CreateKeyRequest.ts';
import type { CreateKeyResponse } from './gen/postern/v1/CreateKeyResponse.ts';
import type { DeactivateKeyRequest__Output } from './gen/postern/v1/DeactivateKeyRequest.ts';
import type { GetKeyRequest__Output } from './gen/postern/v1/GetKeyRequest.ts';
import type { GetKeyResponse } from './gen/postern/v1/GetKeyResponse.ts';
import type { Key } from './gen/postern/v1/Key.ts';
import type { KeyStatus__Output } from './gen/postern/v1/KeyStatus.ts';
import type { ListKeysRequest__Output } from './gen/postern/v1/ListKeysRequest.ts';
import type { ListKeysResponse } from './gen/postern/v1/ListKeysResponse.ts';
import type { RevokeKeyRequest__Output } from './gen/postern/v1/RevokeKeyRequest.ts';
import type { RawService } from './raw-service.ts';

const decodeCreate = requestDecoder<CreateKeyRequest__Output>('CreateKeyRequest');
const decodeGet = requestDecoder<GetKeyRequest__Output>('GetKeyRequest');
const decodeList = requestDecoder<ListKeysRequest__Output>('ListKeysRequest');
const decodeActivate = requestDecoder<ActivateKeyRequest__Output>('ActivateKeyRequest');
const decodeDeactivate = requestDecoder<DeactivateKeyRequest__Output>('DeactivateKeyRequest');
const decodeRevoke = requestDecoder<RevokeKeyRequest__Output>('RevokeKeyRequest');
const encodeCreated = responseEncoder<CreateKeyResponse>('CreateKeyResponse');
const encodeList = responseEncoder<ListKeysResponse>('ListKeysResponse');
/** The answers of Get, Activate, Deactivate and Revoke are of one form. */
const encodeKey = responseEncoder<GetKeyResponse>('GetKeyResponse');

const STATUS_NAMES: Readonly<Record<KeyStatus, KeyStatus__Output>> = {
  active: 'KEY_STATUS_ACTIVE',
  inactive: 'KEY_STATUS_INACTIVE',
  revoked: 'KEY_STATUS_REVOKED',
};

const STATUSES: Readonly<Record<KeyStatus__Output, KeyStatus | null>> = {
  KEY_STATUS_UNSPECIFIED: null,
  KEY_STATUS_ACTIVE: 'active',
  KEY_STATUS_INACTIVE: 'inactive',
  KEY_STATUS_REVOKED: 'revoked',
};

function wireKey(key: KeyRecord): Key {
  return {
    keyId: key.keyId,
    companyId: key.companyId,
    status: STATUS_NAMES[key.status],
    environment: key.environment,
    label: key.label,
    scopes: [...key.scopes],
    networks: [...key.networks],
    createdAt: wireTime(key.createdAtUs),
    notBefore: wireTimeOrNull(key.notBeforeUs),
    expiresAt: wireTimeOrNull(key.expiresAtUs),
    lastUsedAt: wireTimeOrNull(key.lastUsedAtUs),
    version: key.version,
    revokedReason: key.revokedReason,
  };
}

/** The key life cycle. */
export function createKeyService(keys: KeyAdmin): RawService {
  async function setStatus(keyId: string, status: KeyStatus, why: string, peer: string): Promise<Buffer> {
    const key = await keys.setStatus(parseKeyId(keyId), status, parseWhy(why), actorOf(peer));
    return encodeKey({ key: wireKey(key) });
  }
  return {
    name: 'KeyService',
    unary: {
      async CreateKey(encoded, { peer }) {
        const { requestId, draft } = parseKeyDraft(decodeCreate(encoded));
        const { key, secret } = await keys.create(requestId, draft, actorOf(peer));
        return encodeCreated({ key: wireKey(key), secret });
      },
      async GetKey(encoded) {
        return encodeKey({ key: wireKey(keys.get(parseKeyId(decodeGet(encoded).keyId))) });
      },
      async ListKeys(encoded) {
        const request = decodeList(encoded);
        const faults = new FieldFaults();
        if (request.companyId !== '') checkCompanyId(request.companyId, 'company_id', faults);
        const page = parsePage(request, faults);
        faults.throwIfAny();
        const filter = { companyId: request.companyId, status: STATUSES[request.status], ...page };
        const { rows, editedIds, nextPageToken } = keys.list(filter);
        return encodeList({ keys: rows.map(wireKey), nextPageToken, editedKeyIds: [...editedIds] });
      },
      ActivateKey: async (encoded, { peer }) => setStatus(decodeActivate(encoded).keyId, 'active', '', peer),
      DeactivateKey: async (encoded, { peer }) =>
        setStatus(decodeDeactivate(encoded).keyId, 'inactive', '', peer),
      async RevokeKey(encoded, { peer }) {
        const { keyId, reason } = decodeRevoke(encoded);
        return setStatus(keyId, 'revoked', reason, peer);
      },
    },
  };
}
