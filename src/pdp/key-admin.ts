// The key life cycle as the admin sees it. The secret exists here for one call: it is made, hashed and
// returned once; only its wrapped hash travels on.
import { PosternError } from '../core/error.ts';
import { formatKey } from '../core/key-format.ts';
import type { Environment, KeyRecord } from '../core/registry.ts';
import type { AdminResult, AdminWriter, KeyAdmin, RegistryLister } from './admin-port.ts';
import type { SecretHasher } from './evaluation-port.ts';
import { editedKey } from './settle-key.ts';

export interface KeyAdminParts {
  readonly writer: AdminWriter;
  readonly lister: RegistryLister;
  readonly hasher: SecretHasher;
  /** Scheme of the first lookup hash: the one that new keys are stored under. */
  readonly schemeId: number;
  readonly prefix: string;
  /** 32 random bytes. */
  readonly randomSecret: () => Uint8Array;
  /** `key_` + UUIDv7. */
  readonly newKeyId: () => string;
}

function keyOf(result: AdminResult): KeyRecord {
  if (result.kind !== 'key') throw new PosternError('internal', 'The ledger answered another command.');
  return result.key;
}

/** The use cases behind KeyService. */
export function createKeyAdmin(parts: KeyAdminParts): KeyAdmin {
  const newSecret = (environment: Environment) => formatKey(parts.prefix, environment, parts.randomSecret());
  return {
    async create(requestId, draft, actor) {
      const secret = newSecret(draft.environment);
      const lookup = parts.hasher.newLookup(secret);
      const result = await parts.writer.apply(
        { kind: 'create_key', requestId, keyId: parts.newKeyId(), draft, lookup, schemeId: parts.schemeId },
        actor,
      );
      return { key: keyOf(result), secret };
    },
    get(keyId) {
      const key = parts.lister.key(keyId);
      if (key === null) throw new PosternError('not_found', 'No such key.');
      if (key === 'edited') {
        throw new PosternError('state_conflict', editedKey(keyId), { facts: { key_id: keyId } });
      }
      return key;
    },
    list: (filter) => parts.lister.keys(filter),
    async setStatus(keyId, status, why, actor) {
      return keyOf(await parts.writer.apply({ kind: 'set_key_status', keyId, status, why }, actor));
    },
  };
}
