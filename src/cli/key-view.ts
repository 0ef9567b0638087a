// A key's record as the command line shows it. The secret is never part of it.
import type { Key__Output } from '../grpc/gen/postern/v1/Key.ts';
import { enumName } from './enum-name.ts';
import { type Output, printable } from './output.ts';
import { timeText } from './timestamps.ts';

/** A key under the contract's own names, for machines. */
export function keyView(key: Key__Output) {
  return {
    key_id: key.keyId,
    company_id: key.companyId,
    status: enumName(key.status, 'KEY_STATUS_'),
    environment: key.environment,
    label: key.label,
    scopes: key.scopes,
    networks: key.networks,
    created_at: timeText(key.createdAt),
    not_before: timeText(key.notBefore),
    expires_at: timeText(key.expiresAt),
    last_used_at: timeText(key.lastUsedAt),
    version: Number(key.version),
    revoked_reason: key.revokedReason,
  };
}

/** Prints a key's record for people. */
export function printKey(output: Output, key: Key__Output): void {
  const view = keyView(key);
  output.pairs([
    ['key', view.key_id],
    ['company', view.company_id],
    ['status', `${view.status}${view.revoked_reason === '' ? '' : ` (${printable(view.revoked_reason)})`}`],
    ['environment', view.environment],
    ['label', printable(view.label)],
    ['scopes', view.scopes.length === 0 ? 'none' : printable(view.scopes.join(' '))],
    ['networks', view.networks.length === 0 ? 'anywhere' : printable(view.networks.join(' '))],
    ['created', view.created_at ?? ''],
    ['not before', view.not_before ?? ''],
    ['expires', view.expires_at ?? 'never'],
    ['last used', view.last_used_at ?? 'never'],
    ['version', String(view.version)],
  ]);
}

/** Prints many, a line each. */
export function printKeys(output: Output, keys: readonly Key__Output[]): void {
  const rows = keys
    .map(keyView)
    .map((view) => [
      view.key_id,
      view.company_id,
      view.status,
      view.environment,
      printable(view.label),
      printable(view.scopes.join(' ')),
      view.expires_at ?? 'never',
      view.last_used_at ?? 'never',
    ]);
  output.table(['key', 'company', 'status', 'environment', 'label', 'scopes', 'expires', 'last used'], rows);
}
