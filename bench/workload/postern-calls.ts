// Prepared calls of AuthorizationService, and how their answers are checked.
import { authorizationMethods } from '../../src/client/contract.ts';
import type { BatchItem } from '../../src/grpc/gen/postern/v1/BatchItem.ts';
import type { CheckRequest } from '../../src/grpc/gen/postern/v1/CheckRequest.ts';
import { benchKeyText } from './bench-registry.ts';
import { ALLOW, type AnswerReader, DENY, frameMessage, type PreparedCall } from './prepared-call.ts';
import type { Scenario } from './scenario.ts';
import { WireScan } from './wire-scan.ts';

const USER_AGENT = 'partner-client/1.4';

function itemOf(scenario: Scenario): BatchItem {
  const { requestId, operation, resource, claims } = scenario;
  return {
    requestId,
    operation,
    ...(resource === null ? {} : { resource }),
    claimedCompanyIds: [...claims],
  };
}

function checkOf(scenario: Scenario): CheckRequest {
  const source = { ip: scenario.ip, userAgent: USER_AGENT };
  return { ...itemOf(scenario), apiKey: benchKeyText(scenario.key), source };
}

export const firstOf = (scenarios: readonly Scenario[]): Scenario => {
  const [first] = scenarios;
  if (first === undefined) throw new Error('a call without items');
  return first;
};

export const factsOf = (scenarios: readonly Scenario[]): Pick<PreparedCall, 'id' | 'effects'> => ({
  id: firstOf(scenarios).requestId,
  effects: scenarios.map(({ allowed }) => (allowed ? ALLOW : DENY)),
});

export function prepareCheck(scenarios: readonly Scenario[]): PreparedCall {
  const message = authorizationMethods.Check.requestSerialize(checkOf(firstOf(scenarios)));
  return { bytes: frameMessage(message), ...factsOf(scenarios) };
}

export function prepareBatchCheck(scenarios: readonly Scenario[]): PreparedCall {
  const { key, ip } = firstOf(scenarios);
  const message = authorizationMethods.BatchCheck.requestSerialize({
    apiKey: benchKeyText(key),
    source: { ip, userAgent: USER_AGENT },
    items: scenarios.map(itemOf),
  });
  return { bytes: frameMessage(message), ...factsOf(scenarios) };
}

export function prepareStreamCheck(scenarios: readonly Scenario[]): PreparedCall {
  const message = authorizationMethods.StreamCheck.requestSerialize({ check: checkOf(firstOf(scenarios)) });
  return { bytes: frameMessage(message), ...factsOf(scenarios) };
}

const EFFECT = 3;

/** CheckResponse.effect, 0 when it is not there. */
function effectIn(bytes: Buffer, start: number, end: number): number {
  const scan = new WireScan(bytes, start, end);
  for (let field = scan.next(); field !== 0; field = scan.next()) {
    if (field === EFFECT) return scan.varint();
    scan.skip();
  }
  return 0;
}

export const readCheck: AnswerReader = (call, bytes, start, end) =>
  effectIn(bytes, start, end) === call.effects[0] ? 1 : 0;

/** BatchCheckResponse.results[].response, by index. */
export const readBatchCheck: AnswerReader = (call, bytes, start, end) => {
  const results = new WireScan(bytes, start, end);
  let item = 0;
  for (let field = results.next(); field !== 0; field = results.next()) {
    if (field !== 1) return 0;
    const resultEnd = results.bytes();
    const result = new WireScan(bytes, results.at, resultEnd);
    if (result.next() !== 1) return 0;
    const responseEnd = result.bytes();
    if (effectIn(bytes, result.at, responseEnd) !== call.effects[item]) return 0;
    item += 1;
    results.at = resultEnd;
  }
  return item === call.effects.length ? item : 0;
};

/**
 * Calls back for each result of a StreamCheckResponse with the request id and the effect (0 for an item
 * that is an error).
 */
export function readStreamResults(
  bytes: Buffer,
  start: number,
  end: number,
  onResult: (requestId: string, effect: number) => void,
): void {
  const results = new WireScan(bytes, start, end);
  for (let field = results.next(); field !== 0; field = results.next()) {
    const resultEnd = results.bytes();
    const result = new WireScan(bytes, results.at, resultEnd);
    let requestId = '';
    let effect = 0;
    for (let part = result.next(); part !== 0; part = result.next()) {
      if (part === 1) requestId = result.text();
      else if (part === 2) {
        const responseEnd = result.bytes();
        effect = effectIn(bytes, result.at, responseEnd);
        result.at = responseEnd;
      } else result.skip();
    }
    onResult(requestId, effect);
    results.at = resultEnd;
  }
}
