// Prepared calls of Cerbos's CheckResources (cerbos.svc.v1), with the facts that its policy needs: Cerbos
// neither authenticates nor looks anything up, so the caller brings the key's row. Field numbers are those
// of cerbos 0.51's published protos; the answers prove them right.
import { benchCompanyRecord, benchKeyRecord } from './bench-registry.ts';
import { factsOf, firstOf } from './postern-calls.ts';
import { type AnswerReader, frameMessage, type PreparedCall } from './prepared-call.ts';
import type { Scenario } from './scenario.ts';
import { WireScan } from './wire-scan.ts';

export const CERBOS_METHOD = '/cerbos.svc.v1.CerbosService/CheckResources';
export const CERBOS_RESOURCE_KIND = 'partner_call';
export const CERBOS_ROLE = 'partner';

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function field(number: number, value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

/** google.protobuf.Value: string_value = 3, list_value = 6 (ListValue.values = 1). */
function attributeValue(value: string | readonly string[]): Buffer {
  if (typeof value === 'string') return field(3, value);
  return field(6, Buffer.concat(value.map((each) => field(1, field(3, each)))));
}

/** Entries of a map<string, Value> with this field number. */
function attributes(number: number, values: Readonly<Record<string, string | readonly string[]>>): Buffer {
  const entries = Object.entries(values).map(([name, value]) =>
    field(number, Buffer.concat([field(1, name), field(2, attributeValue(value))])),
  );
  return Buffer.concat(entries);
}

/** engine.v1.Principal: id = 1, roles = 3, attr = 4. */
function principalOf(key: number): Buffer {
  const record = benchKeyRecord(key);
  const company = benchCompanyRecord(0);
  return Buffer.concat([
    field(1, record.keyId),
    field(3, CERBOS_ROLE),
    attributes(4, {
      status: record.status,
      environment: record.environment,
      key_company_id: record.companyId,
      company_id: record.companyId,
      company_status: company.status,
      scopes: record.scopes,
    }),
  ]);
}

/** ResourceEntry: actions = 1, resource = 2; engine.v1.Resource: kind = 1, id = 3, attr = 4. */
function entryOf(scenario: Scenario, item: number): Buffer {
  const { operation, resource, claims } = scenario;
  const described = Buffer.concat([
    field(1, CERBOS_RESOURCE_KIND),
    field(3, resource === null ? `none-${item}` : `${resource.id}-${item}`),
    attributes(4, { environment: 'live', owner: resource?.companyId ?? '', claims }),
  ]);
  return Buffer.concat([field(1, operation), field(2, described)]);
}

/** CheckResourcesRequest: request_id = 1, principal = 3, resources = 4. */
export function prepareCheckResources(scenarios: readonly Scenario[]): PreparedCall {
  const first = firstOf(scenarios);
  const message = Buffer.concat([
    field(1, first.requestId),
    field(3, principalOf(first.key)),
    ...scenarios.map((scenario, item) => field(4, entryOf(scenario, item))),
  ]);
  return { bytes: frameMessage(message), ...factsOf(scenarios) };
}

/** CheckResourcesResponse: results = 2, each with actions = 2, a map of one action to its effect. */
export const readCheckResources: AnswerReader = (call, bytes, start, end) => {
  const answer = new WireScan(bytes, start, end);
  let item = 0;
  for (let part = answer.next(); part !== 0; part = answer.next()) {
    if (part !== 2) {
      answer.skip();
      continue;
    }
    const resultEnd = answer.bytes();
    if (effectOfResult(bytes, answer.at, resultEnd) !== call.effects[item]) return 0;
    item += 1;
    answer.at = resultEnd;
  }
  return item === call.effects.length ? item : 0;
};

function effectOfResult(bytes: Buffer, start: number, end: number): number {
  const result = new WireScan(bytes, start, end);
  for (let part = result.next(); part !== 0; part = result.next()) {
    if (part === 2) {
      const entryEnd = result.bytes();
      const entry = new WireScan(bytes, result.at, entryEnd);
      for (let side = entry.next(); side !== 0; side = entry.next()) {
        if (side === 2) return entry.varint();
        entry.skip();
      }
      return 0;
    }
    result.skip();
  }
  return 0;
}
