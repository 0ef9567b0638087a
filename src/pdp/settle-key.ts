// Commands about keys: what they change, and when they are refused. A revoked key stays revoked.
import type { KeyRecord } from '../core/registry.ts';
import type { AdminCommand } from './admin-port.ts';
import { type AdminAnswer, refuse, refuseField } from './settle-answer.ts';
import { refuseCompany } from './settle-company.ts';
import type { GroupPlan } from './settle-plan.ts';
import type { KeyRow } from './settle-view.ts';

type Command<K extends AdminCommand['kind']> = Extract<AdminCommand, { readonly kind: K }>;

const answer = (key: KeyRecord): AdminAnswer => ({ ok: true, result: { kind: 'key', key } });

/** Told to administrators alone: for a check the key is simply not known. */
export function editedKey(keyId: string): string {
  return `The row of ${keyId} was edited in the database, so it is not believed and every check with the key is denied. Restore the data directory from a backup, or create another key.`;
}

/** Repeating a request id finds the key that it made and never shows its secret again. */
export function planCreateKey(plan: GroupPlan, command: Command<'create_key'>): AdminAnswer {
  const { draft } = command;
  const existing = plan.keyIdOfRequest(command.requestId);
  if (existing !== null) {
    return refuse('already_exists', 'This request has created a key.', { key_id: existing });
  }
  const company = plan.company(draft.companyId);
  if (company === null) return refuseCompany(plan, draft.companyId);
  if (company.status === 'closed') return refuse('state_conflict', 'The company is closed; that is final.');
  if (draft.expiresAtUs !== null && draft.expiresAtUs <= plan.time.nowUs) {
    return refuseField({ field: 'expires_at', problem: 'must be in the future' });
  }
  if (plan.key(command.keyId) !== null || plan.keyIdOfLookup(command.lookup) !== null) {
    return refuse('already_exists', 'A key with this identity exists.');
  }
  const row: KeyRow = {
    seq: plan.nextKeySeq,
    lookup: command.lookup,
    schemeId: command.schemeId,
    requestId: command.requestId,
    record: {
      keyId: command.keyId,
      companyId: draft.companyId,
      status: 'active',
      environment: draft.environment,
      label: draft.label,
      scopes: draft.scopes,
      networks: draft.networks,
      createdAtUs: plan.time.nowUs,
      notBeforeUs: draft.notBeforeUs,
      expiresAtUs: draft.expiresAtUs,
      lastUsedAtUs: null,
      version: 1,
      revokedReason: '',
    },
  };
  plan.createKey(row);
  return answer(row.record);
}

/** Setting the status that a key has changes nothing, and is done. */
export function planSetKeyStatus(plan: GroupPlan, command: Command<'set_key_status'>): AdminAnswer {
  const row = plan.key(command.keyId);
  if (row === null) {
    return plan.view.hasKeyRow(command.keyId)
      ? refuse('state_conflict', editedKey(command.keyId), { key_id: command.keyId })
      : refuse('not_found', 'No such key.');
  }
  const { record } = row;
  if (record.status === command.status) return answer(record);
  if (record.status === 'revoked') return refuse('state_conflict', 'The key is revoked; that is final.');
  const changed: KeyRecord = {
    ...record,
    status: command.status,
    version: record.version + 1,
    revokedReason: command.status === 'revoked' ? command.why : '',
  };
  plan.changeKey({ ...row, record: changed });
  return answer(changed);
}
