// Prepared calls of OPA's REST API: the same Rego, asked with exactly the input that our core builds.
import { encodeCompanyPart, encodeKeyPart, encodePolicyInput } from '../../src/core/policy-input.ts';
import { benchCompanyRecord, benchKeyRecord } from './bench-registry.ts';
import { factsOf, firstOf } from './postern-calls.ts';
import { ALLOW, type AnswerReader, DENY, type PreparedCall } from './prepared-call.ts';
import type { Scenario } from './scenario.ts';

const NOW_US = Date.UTC(2026, 5, 1) * 1_000;

function inputOf(scenario: Scenario): string {
  const key = benchKeyRecord(scenario.key);
  return encodePolicyInput({
    item: {
      requestId: scenario.requestId,
      correlationId: '',
      operation: scenario.operation,
      resource: scenario.resource === null ? null : { ...scenario.resource, attributes: null },
      claimedCompanyIds: scenario.claims,
      cost: 0,
      context: null,
      faults: { resourceMalformed: false, claimMalformed: false },
    },
    source: { ip: scenario.ip, userAgent: 'partner-client/1.4' },
    keyPart: encodeKeyPart(key),
    companyPart: encodeCompanyPart({ ...benchCompanyRecord(0), companyId: key.companyId }),
    environment: 'live',
    nowUs: NOW_US,
  });
}

export function prepareRestCall(scenarios: readonly Scenario[]): PreparedCall {
  const first = firstOf(scenarios);
  const body = `{"input":${inputOf(first)}}`;
  const head = [
    'POST /v1/data/postern/decision HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return {
    bytes: Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'utf8'),
    ...factsOf(scenarios),
  };
}

const ALLOWED = Buffer.from('"allow":true');
const DENIED = Buffer.from('"allow":false');

/** `result.allow`; the answer of our policy holds the word once. */
export const readRestAnswer: AnswerReader = (call, bytes, start, end) => {
  const body = bytes.subarray(start, end);
  const effect = body.includes(ALLOWED) ? ALLOW : body.includes(DENIED) ? DENY : 0;
  return effect === call.effects[0] ? 1 : 0;
};
