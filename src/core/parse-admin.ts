// Validates admin requests. The admin is trusted to mean well, not to type well: all faults are told at
// once, and nothing that could not be shown again is stored.
import { FieldFaults } from './field-faults.ts';
import { isKeyId } from './id-shape.ts';
import { normaliseNetwork } from './network.ts';
import { checkRequestId } from './parse-item.ts';
import { parseTime, type RawTimestamp } from './parse-time.ts';
import { COMPANY_ID_PATTERN, ENVIRONMENTS, type KeyDraft } from './registry.ts';
import { isKeyScope, isPlanName, isPrintable, isPrintableAscii } from './text-rules.ts';
import { withoutKeys } from './without-keys.ts';

export const LABEL_CHARS_MAX = 128;
export const WHY_CHARS_MAX = 256;
export const SCOPES_MAX = 64;
export const SCOPE_CHARS_MAX = 128;
export const NETWORKS_MAX = 32;
export const PAGE_SIZE_DEFAULT = 100;
export const PAGE_SIZE_MAX = 1_000;
export const PAGE_TOKEN_CHARS_MAX = 512;
export const PLAN_DEFAULT = 'standard';

/** CreateKeyRequest. */
export interface RawKeyDraft {
  readonly requestId: string;
  readonly companyId: string;
  readonly environment: string;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly networks: readonly string[];
  readonly notBefore: RawTimestamp | null;
  readonly expiresAt: RawTimestamp | null;
}

/** A key to be made, after validation. */
export interface ParsedKeyDraft {
  readonly requestId: string;
  readonly draft: KeyDraft;
}

/**
 * Throws PosternError `request_malformed` with all faults. Whether the key has expired already is left to the
 * ledger: when this request has made a key before, that is what has to be said.
 */
export function parseKeyDraft(raw: RawKeyDraft): ParsedKeyDraft {
  const faults = new FieldFaults();
  checkRequestId(raw.requestId, 'request_id', faults);
  checkHoldsNoKey(raw.requestId, 'request_id', faults);
  checkCompanyId(raw.companyId, 'company_id', faults);
  const environment = ENVIRONMENTS.find((each) => each === raw.environment);
  if (environment === undefined) faults.add('environment', 'must be `live` or `test`');
  checkLabel(raw.label, 'label', faults);
  checkScopes(raw.scopes, faults);
  const networks = parseNetworks(raw.networks, faults);
  const notBeforeUs = parseTime(raw.notBefore, 'not_before', faults);
  const expiresAtUs = parseTime(raw.expiresAt, 'expires_at', faults);
  if (expiresAtUs !== null && notBeforeUs !== null && expiresAtUs <= notBeforeUs) {
    faults.add('expires_at', 'must be after not_before');
  }
  faults.throwIfAny();
  return {
    requestId: raw.requestId,
    draft: {
      companyId: raw.companyId,
      // Without a fault it is one; the type does not know.
      environment: environment ?? 'test',
      label: raw.label,
      scopes: raw.scopes,
      networks,
      notBeforeUs,
      expiresAtUs,
    },
  };
}

/** CreateCompanyRequest after validation. Throws PosternError `request_malformed`. */
export function parseCompanyDraft(raw: {
  readonly companyId: string;
  readonly plan: string;
  readonly label: string;
}): { readonly companyId: string; readonly plan: string; readonly label: string } {
  const faults = new FieldFaults();
  checkCompanyId(raw.companyId, 'company_id', faults);
  const plan = raw.plan === '' ? PLAN_DEFAULT : raw.plan;
  if (!isPlanName(plan)) {
    faults.add('plan', 'must be a lower-case letter, then up to 63 of lower-case letters, digits, `_`, `-`');
  }
  checkLabel(raw.label, 'label', faults);
  faults.throwIfAny();
  return { companyId: raw.companyId, plan, label: raw.label };
}

/** A required company id. Throws PosternError `request_malformed`. */
export function parseCompanyId(text: string): string {
  const faults = new FieldFaults();
  checkCompanyId(text, 'company_id', faults);
  faults.throwIfAny();
  return text;
}

/** A required key id. Throws PosternError `request_malformed`. */
export function parseKeyId(text: string): string {
  const faults = new FieldFaults();
  if (!isKeyId(text)) faults.add('key_id', 'must be a key id: `key_` and a UUID');
  faults.throwIfAny();
  return text;
}

/**
 * Why an admin did something, for the audit log. A key in it is taken out: who revokes a key that leaked must
 * not be kept from it by what they say. Throws PosternError `request_malformed`.
 */
export function parseWhy(text: string): string {
  const faults = new FieldFaults();
  if (text.length > WHY_CHARS_MAX || !isPrintable(text)) {
    faults.add('reason', `must be at most ${WHY_CHARS_MAX} printable characters`);
  }
  faults.throwIfAny();
  return withoutKeys(text);
}

/** A page: size 0 means the default. The token is opaque. */
export function parsePage(
  raw: { readonly pageSize: number; readonly pageToken: string },
  faults: FieldFaults,
): { readonly pageSize: number; readonly pageToken: string } {
  if (!Number.isInteger(raw.pageSize) || raw.pageSize < 0 || raw.pageSize > PAGE_SIZE_MAX) {
    faults.add('page_size', `must be an integer from 1 to ${PAGE_SIZE_MAX}, or 0 for ${PAGE_SIZE_DEFAULT}`);
  }
  if (raw.pageToken.length > PAGE_TOKEN_CHARS_MAX || !isPrintableAscii(raw.pageToken)) {
    faults.add('page_token', 'must be the token of the page before');
  }
  return { pageSize: raw.pageSize === 0 ? PAGE_SIZE_DEFAULT : raw.pageSize, pageToken: raw.pageToken };
}

/** A company id that must be given. */
export function checkCompanyId(text: string, field: string, faults: FieldFaults): void {
  if (text === '') faults.add(field, 'is required');
  else if (!COMPANY_ID_PATTERN.test(text)) {
    faults.add(field, 'must be a letter or digit, then up to 63 of letters, digits, `.`, `_`, `:`, `-`');
  }
  // It is recorded even when there is no such company: a key pasted into the wrong place must not be.
  else if (withoutKeys(text) !== text) faults.add(field, 'looks like an API key; the company’s id is wanted');
}

function checkLabel(text: string, field: string, faults: FieldFaults): void {
  if (text.length > LABEL_CHARS_MAX || !isPrintable(text)) {
    faults.add(field, `must be at most ${LABEL_CHARS_MAX} printable characters`);
  }
  checkHoldsNoKey(text, field, faults);
}

/** What is stored, shown and recorded for ever must not be what entitles to a company's data. */
function checkHoldsNoKey(text: string, field: string, faults: FieldFaults): void {
  if (withoutKeys(text) !== text) faults.add(field, 'looks as if it held an API key; name a key by its id');
}

function checkScopes(scopes: readonly string[], faults: FieldFaults): void {
  if (scopes.length > SCOPES_MAX) faults.add('scopes', `must have at most ${SCOPES_MAX} entries`);
  scopes.slice(0, SCOPES_MAX).forEach((scope, index) => {
    if (scope.length > SCOPE_CHARS_MAX || !isKeyScope(scope)) {
      faults.add(`scopes[${index}]`, 'must be like `payments:create` or `payments:*`');
    } else if (scopes.indexOf(scope) < index) faults.add(`scopes[${index}]`, 'must not repeat another');
  });
}

function parseNetworks(texts: readonly string[], faults: FieldFaults): readonly string[] {
  if (texts.length > NETWORKS_MAX) faults.add('networks', `must have at most ${NETWORKS_MAX} entries`);
  const networks: string[] = [];
  texts.slice(0, NETWORKS_MAX).forEach((text, index) => {
    const network = normaliseNetwork(text);
    if (network === null) {
      faults.add(
        `networks[${index}]`,
        'must be like `192.0.2.0/24` or `2001:db8::/32`, no bit set behind it',
      );
    } else if (networks.includes(network)) faults.add(`networks[${index}]`, 'must not repeat another');
    else networks.push(network);
  });
  return networks;
}
