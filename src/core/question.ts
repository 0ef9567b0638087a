// What a policy is asked, reduced to what it reads: equal questions have equal answers, whatever else the
// checks differ in. Written beside the input (policy-input.ts) from the same facts in the same encodings, so that
// two inputs with the same question agree in everything that the policy can see.
import { assert } from './assert.ts';
import { quoteText, quoteTextOrNull, quoteTexts, writeInteger } from './canonical-json.ts';
import { fleetingOf, type InputLeaf } from './input-leaves.ts';
import { writeTime } from './policy-input.ts';
import type { CompanyFacts, KeyFacts } from './registry.ts';
import type { CheckItem, CheckResource, CheckSource } from './request.ts';

/** JSON holds no control characters, so no part can run into the next. */
const S = '\u0001';

type RowWriter = (key: KeyFacts, company: CompanyFacts) => string;

const ROW_WRITERS: readonly (readonly [InputLeaf, RowWriter])[] = [
  ['key.id', (key) => quoteText(key.keyId)],
  ['key.company_id', (key) => quoteText(key.companyId)],
  ['key.status', (key) => key.status],
  ['key.environment', (key) => key.environment],
  ['key.scopes', (key) => quoteTexts(key.scopes)],
  ['key.created_at', (key) => writeInteger(key.createdAtUs)],
  ['key.not_before', (key) => writeTime(key.notBeforeUs)],
  ['key.expires_at', (key) => writeTime(key.expiresAtUs)],
  ['key.networks', (key) => quoteTexts(key.networks)],
  ['company.id', (_, company) => quoteText(company.companyId)],
  ['company.status', (_, company) => company.status],
  ['company.plan', (_, company) => quoteText(company.plan)],
];

/** How to write questions for a policy that reads these leaves, none of which is a fleeting one. */
export class QuestionForm {
  readonly #rowWriters: readonly RowWriter[];
  /** Looked up once: a question is written for every check. */
  readonly #item: Readonly<Record<'operation' | 'claims' | 'cost' | 'context', boolean>>;
  readonly #source: Readonly<Record<'ip' | 'userAgent', boolean>>;
  readonly #resource: Readonly<Record<'type' | 'companyId' | 'attributes', boolean>>;

  constructor(leaves: readonly InputLeaf[]) {
    assert(fleetingOf(leaves).length === 0, 'question of what differs with every check');
    const reads = new Set(leaves);
    this.#rowWriters = ROW_WRITERS.flatMap(([leaf, write]) => (reads.has(leaf) ? [write] : []));
    this.#item = {
      operation: reads.has('request.operation'),
      claims: reads.has('request.claimed_company_ids'),
      cost: reads.has('request.cost'),
      context: reads.has('request.context'),
    };
    this.#source = { ip: reads.has('request.source.ip'), userAgent: reads.has('request.source.user_agent') };
    this.#resource = {
      type: reads.has('request.resource.type'),
      companyId: reads.has('request.resource.company_id'),
      attributes: reads.has('request.resource.attributes'),
    };
  }

  /** The part that follows from the rows, the same until one of them changes. */
  rowPart(key: KeyFacts, company: CompanyFacts): string {
    let text = '';
    for (const write of this.#rowWriters) text += `${write(key, company)}${S}`;
    return text;
  }

  /** The question. `rowPart` is the one of the check's key and company. */
  write(rowPart: string, item: CheckItem, source: CheckSource): string {
    const { operation, claims, cost, context } = this.#item;
    let text = rowPart;
    if (operation) text += `${quoteText(item.operation)}${S}`;
    if (claims) text += `${quoteTexts(item.claimedCompanyIds)}${S}`;
    if (cost) text += `${writeInteger(item.cost)}${S}`;
    if (this.#source.ip) text += `${quoteTextOrNull(source.ip)}${S}`;
    if (this.#source.userAgent) text += `${quoteTextOrNull(source.userAgent)}${S}`;
    if (context) text += `${item.context ?? 'null'}${S}`;
    // Whether there is a resource is always asked: a policy may compare it with null.
    return item.resource === null ? text : `${text}${this.#resourcePart(item.resource)}`;
  }

  #resourcePart(resource: CheckResource): string {
    let text = S;
    if (this.#resource.type) text += `${quoteText(resource.type)}${S}`;
    if (this.#resource.companyId) text += `${quoteTextOrNull(resource.companyId)}${S}`;
    if (this.#resource.attributes) text += `${resource.attributes ?? 'null'}${S}`;
    return text;
  }
}
