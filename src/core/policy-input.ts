// The policy's input as JSON text (CONTRACT.md, Policy input and output; policies/schemas/input.json),
// written by concatenation because it is written for every check. It never holds a credential, and only
// well-formed text: a lone surrogate would abort the policy.
import { quoteText, quoteTextOrNull, quoteTexts, writeInteger } from './canonical-json.ts';
import { flatObject } from './flat-object.ts';
import type { CompanyFacts, Environment, KeyFacts } from './registry.ts';
import type { CheckItem, CheckResource, CheckSource } from './request.ts';
import { formatTime } from './time-text.ts';

export interface PolicyInputFacts {
  readonly item: CheckItem;
  readonly source: CheckSource;
  /** From `encodeKeyPart`. */
  readonly keyPart: string;
  /** From `encodeCompanyPart`. */
  readonly companyPart: string;
  /** Of this sidecar. */
  readonly environment: Environment;
  readonly nowUs: number;
}

/** The whole input. Absent things are null; ids and times of rows are as the registry has them. */
export function encodePolicyInput(facts: PolicyInputFacts): string {
  const { item, source, nowUs } = facts;
  return `{"request":{"id":${quoteText(item.requestId)},"operation":${quoteText(item.operation)},"resource":${encodeResource(item.resource)},"claimed_company_ids":${quoteTexts(item.claimedCompanyIds)},"source":{"ip":${quoteTextOrNull(source.ip)},"user_agent":${quoteTextOrNull(source.userAgent)}},"cost":${writeInteger(item.cost)},"context":${item.context ?? 'null'},"time":"${formatTime(nowUs)}","time_us":${writeInteger(nowUs)}},"key":${facts.keyPart},"company":${facts.companyPart},"environment":"${facts.environment}","signals":[]}`;
}

/**
 * The member `key`, the same for every check until the row changes. Times are microseconds since the Unix
 * epoch as numbers, so that a policy can compute with them beside `request.time_us`.
 */
export function encodeKeyPart(key: KeyFacts): string {
  return flatObject(
    `{"id":${quoteText(key.keyId)},"company_id":${quoteText(key.companyId)},"status":"${key.status}","environment":"${key.environment}","scopes":${quoteTexts(key.scopes)},"created_at":${writeInteger(key.createdAtUs)},"not_before":${writeTime(key.notBeforeUs)},"expires_at":${writeTime(key.expiresAtUs)},"last_used_at":${writeTime(key.lastUsedAtUs)},"networks":${quoteTexts(key.networks)},"labels":{}}`,
  );
}

/** The member `company`, the same for every check until the row changes. */
export function encodeCompanyPart(company: CompanyFacts): string {
  return flatObject(
    `{"id":${quoteText(company.companyId)},"status":"${company.status}","plan":${quoteText(company.plan)},"labels":{}}`,
  );
}

function encodeResource(resource: CheckResource | null): string {
  if (resource === null) return 'null';
  return `{"type":${quoteText(resource.type)},"id":${quoteText(resource.id)},"company_id":${quoteTextOrNull(resource.companyId)},"attributes":${resource.attributes ?? 'null'}}`;
}

/** A row's time as it stands in the input. */
export function writeTime(timeUs: number | null): string {
  return timeUs === null ? 'null' : writeInteger(timeUs);
}
