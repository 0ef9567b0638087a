/**
 * Which of OPA's builtins a policy may never use, and why, in words for its author. What remains
 * is cut down further to what a compiled module has inside itself (derive-capabilities.ts).
 */

/** Syntax that OPA lists among its builtins: without them `:=` and `=` do not parse. */
export const SYNTAX_BUILTINS: readonly string[] = ['assign', 'eq'];

/** Banned although some would run: name or `prefix.*` → why, and what to write instead. */
const BANNED: Readonly<Record<string, string>> = {
  sprintf: 'it gives other results in WASM than in OPA; join texts with concat, numbers with format_int',
  // Each knows the letters of its own Unicode version only: builtin-rules.test.ts shows what differs.
  lower: 'it gives other results in WASM than in OPA outside of ASCII; compare ids and names as they are',
  upper: 'it gives other results in WASM than in OPA outside of ASCII; compare ids and names as they are',
  'glob.match': 'it gives other results in WASM than in OPA outside of ASCII; use regex.match or startswith',
  'json.marshal': 'it escapes otherwise in WASM than in OPA; compare values themselves',
  'json.unmarshal': 'it takes malformed JSON in WASM that OPA refuses; pass values, not texts',
  'json.is_valid': 'it takes malformed JSON in WASM that OPA refuses; pass values, not texts',
  'base64.decode': 'it takes malformed texts in WASM that OPA refuses; pass the decoded value',
  'base64.is_valid': 'it takes malformed texts in WASM that OPA refuses; pass the decoded value',
  'base64url.decode': 'it takes malformed texts in WASM that OPA refuses; pass the decoded value',
  'regex.split': 'it backtracks and can take seconds; use split or regex.find_all_string_submatch_n',
  'yaml.*': 'it gives other results in WASM than in OPA; pass JSON',
  'rand.intn': 'a decision must be the same when it is replayed',
  'uuid.rfc4122': 'a decision must be the same when it is replayed',
  'http.send': 'a decision must depend on its input and data only',
  'net.lookup_ip_addr': 'a decision must depend on its input and data only',
  'opa.runtime': 'a decision must depend on its input and data only',
  'time.now_ns': 'a decision must be the same when it is replayed; use input.request.time_us',
  'numbers.range': 'one number in the input would decide how long an evaluation takes; loop over data',
  'numbers.range_step': 'one number in the input would decide how long an evaluation takes; loop over data',
  print: 'it does nothing in a compiled policy; use it in tests only',
  trace: 'it does nothing in a compiled policy; use it in tests only',
};

/** Why a banned builtin is banned and what to write instead; null when it is not banned. */
export function banReason(name: string): string | null {
  const family = `${name.split('.')[0]}.*`;
  return BANNED[name] ?? BANNED[family] ?? null;
}

/** What to tell an author who called a function that policies do not have. */
export function adviceForBuiltin(name: string): string {
  const reason = banReason(name);
  if (reason !== null) return `policies must not use ${name}: ${reason}.`;
  return `${name} is not among the functions in capabilities.json. If it is one of OPA's, it would have to run outside the compiled policy, which is never done; else it is misspelt or its import is missing.`;
}
