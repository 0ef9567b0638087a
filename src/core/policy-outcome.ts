// Strict parser of the policy's answer. Whatever is not exactly the contract's shape is a problem, and a
// problem never allows. Problems name places, never values: an answer may hold what the host sent.
import type { ChargeTerms, LimitSubject } from './limit.ts';
import { LIMIT_SUBJECTS } from './limit.ts';
import { isCount, LIMIT_BURST_MAX, LIMIT_NAME_PATTERN, rateProblem } from './limit-bounds.ts';
import { namedTerms } from './limit-charges.ts';
import { isPlainJson } from './plain-json.ts';
import { POLICY_REASONS, type PolicyObligation, type PolicyOutcome } from './policy.ts';
import { COST_MAX, type JsonObject, STRUCT_DEPTH_MAX } from './request.ts';
import { withoutKeys } from './without-keys.ts';

export const POLICY_OUTPUT_CHARS_MAX = 65_536;
export const POLICY_LIMITS_MAX = 16;
export const OBLIGATIONS_MAX = 16;
export const OBLIGATION_PARAMETERS_CHARS_MAX = 4_096;
export const LABELS_MAX = 16;
export const LABEL_CHARS_MAX = 128;

const MEMBERS = 7;
const CODE_PATTERN = /^[a-z0-9_.-]{1,64}$/;
const LABEL_NAME_PATTERN = /^[a-z][a-z0-9_.-]{0,63}$/;

export type ParsedOutcome =
  | { readonly ok: true; readonly outcome: PolicyOutcome }
  | { readonly ok: false; readonly problem: string };

/** Ends the parse; never leaves this file. */
class Misshaped extends Error {}

/** Parses the JSON text that `postern/decision` evaluated to. Never throws. */
export function parsePolicyOutcome(output: string): ParsedOutcome {
  try {
    if (output.length > POLICY_OUTPUT_CHARS_MAX) throw new Misshaped('the answer is too long');
    return { ok: true, outcome: parseOutcome(parseJson(output)) };
  } catch (error) {
    if (error instanceof Misshaped) return { ok: false, problem: error.message };
    throw error;
  }
}

function parseJson(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    throw new Misshaped('the answer is not JSON');
  }
}

function parseOutcome(value: unknown): PolicyOutcome {
  const answer = objectOf(value, 'the answer', MEMBERS);
  const allow = answer['allow'];
  if (typeof allow !== 'boolean') throw new Misshaped('allow is not a boolean');
  const reason = POLICY_REASONS.find((each) => each === answer['reason']);
  if (reason === undefined) throw new Misshaped('reason is not one that a policy may give');
  if (allow !== (reason === 'allowed')) throw new Misshaped('allow and reason contradict each other');
  const code = answer['code'];
  if (typeof code !== 'string' || !(code === '' || CODE_PATTERN.test(code))) {
    throw new Misshaped('code is not a code');
  }
  const cost = answer['cost'];
  if (!isCount(cost, COST_MAX)) throw new Misshaped(`cost is not an integer from 1 to ${COST_MAX}`);
  return {
    allow,
    reason,
    code,
    cost,
    limits: parseLimits(answer['limits'], cost),
    obligations: parseObligations(answer['obligations']),
    labels: parseLabels(answer['labels']),
  };
}

/** An object with exactly this many members; the caller reads each of them, so none is unknown. */
function objectOf(value: unknown, place: string, members: number): Record<string, unknown> {
  if (!isObject(value)) throw new Misshaped(`${place} is not an object`);
  let count = 0;
  for (const _ in value) count += 1;
  if (count !== members) throw new Misshaped(`${place} has unknown or missing members`);
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown, place: string, max: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new Misshaped(`${place} is not a list`);
  if (value.length > max) throw new Misshaped(`${place} has more than ${max} entries`);
  return value;
}

const NO_LIMITS: readonly ChargeTerms[] = [];

function parseLimits(value: unknown, decisionCost: number): readonly ChargeTerms[] {
  const list = listOf(value, 'limits', POLICY_LIMITS_MAX);
  if (list.length === 0) return NO_LIMITS;
  const limits: ChargeTerms[] = [];
  list.forEach((each, place) => {
    const limit = parseLimit(each, `limits[${place}]`, decisionCost);
    // Two definitions of one counter would charge it twice, under different rates.
    if (limits.some((other) => other.name === limit.name && other.subject === limit.subject)) {
      throw new Misshaped(`limits[${place}] repeats the name and subject of another`);
    }
    limits.push(limit);
  });
  return limits;
}

function parseLimit(value: unknown, place: string, decisionCost: number): ChargeTerms {
  const hasCost = isObject(value) && 'cost' in value;
  const limit = objectOf(value, place, hasCost ? 6 : 5);
  const { name, subject, count, period_ms: periodMs, burst, cost } = limit;
  if (typeof name !== 'string' || !LIMIT_NAME_PATTERN.test(name)) {
    throw new Misshaped(`${place}.name is not a name`);
  }
  if (!isLimitSubject(subject)) throw new Misshaped(`${place}.subject is not a subject`);
  const problem = rateProblem({ count, periodMs, burst });
  if (problem !== null) throw new Misshaped(`${place}: ${problem}`);
  if (!isCount(burst, LIMIT_BURST_MAX)) throw new Misshaped(`${place}.burst`);
  const charged = hasCost ? cost : decisionCost;
  if (!isCount(charged, burst)) {
    throw new Misshaped(`${place}: the cost is not an integer from 1 to the burst`);
  }
  return namedTerms({ name, subject, count: Number(count), periodMs: Number(periodMs), burst }, charged);
}

function isLimitSubject(value: unknown): value is LimitSubject {
  return LIMIT_SUBJECTS.some((each) => each === value);
}

const NO_OBLIGATIONS: readonly PolicyObligation[] = [];

function parseObligations(value: unknown): readonly PolicyObligation[] {
  const list = listOf(value, 'obligations', OBLIGATIONS_MAX);
  if (list.length === 0) return NO_OBLIGATIONS;
  return list.map((each, index) => {
    const place = `obligations[${index}]`;
    const { name, parameters } = objectOf(each, place, 2);
    if (typeof name !== 'string' || !LIMIT_NAME_PATTERN.test(name)) {
      throw new Misshaped(`${place}.name is not a name`);
    }
    if (!isObject(parameters) || !isJsonObject(parameters)) {
      throw new Misshaped(`${place}.parameters is not an object of plain values, at most 8 deep`);
    }
    if (JSON.stringify(parameters).length > OBLIGATION_PARAMETERS_CHARS_MAX) {
      throw new Misshaped(`${place}.parameters is too long`);
    }
    return { name, parameters };
  });
}

/** Values from JSON that are well-formed, finite and not too deep. */
function isJsonObject(value: object): value is JsonObject {
  return isPlainJson(value, STRUCT_DEPTH_MAX);
}

const NO_LABELS: Readonly<Record<string, string>> = {};

function parseLabels(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) throw new Misshaped('labels is not an object');
  const names = Object.keys(value);
  if (names.length === 0) return NO_LABELS;
  if (names.length > LABELS_MAX) throw new Misshaped(`labels has more than ${LABELS_MAX} entries`);
  const labels: Record<string, string> = {};
  for (const name of names) {
    if (!LABEL_NAME_PATTERN.test(name)) throw new Misshaped('labels has a name that is not one');
    const text = value[name];
    if (typeof text !== 'string' || text.length > LABEL_CHARS_MAX || !text.isWellFormed()) {
      throw new Misshaped(`a label is not a text of at most ${LABEL_CHARS_MAX} characters`);
    }
    // They are recorded for ever, and a policy may take them from what a partner wrote.
    labels[name] = withoutKeys(text);
  }
  return labels;
}
