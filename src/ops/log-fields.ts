// What may stand in a log line: a closed list of fields (flat, snake_case, the unit last), and texts with
// everything removed that looks like a credential. What slips by the compiler is dropped, never a failure.

/** Fields that a line may have. None of them can hold a credential, a body or a claim. */
const FIELDS = [
  'active_revision',
  'actor',
  'address',
  'addresses',
  'adopted_ms',
  'attempt',
  'cause',
  'code',
  'company_id',
  'count',
  'data_directory',
  'decision_id',
  'durability',
  'duration_ms',
  'environment',
  'evaluator',
  'evaluators',
  'file',
  'found',
  'generation',
  'id',
  'index',
  'key_id',
  'kills',
  'limit_ms',
  'line',
  'listener',
  'log_id',
  'log_size',
  'message',
  'method',
  'newest',
  'node',
  'path',
  'pid',
  'policy_revision',
  'port',
  'previous_revision',
  'problem',
  'problems',
  'queue',
  'reason',
  'record',
  'request_id',
  'retry_after_ms',
  'revision',
  'row',
  'signal',
  'source',
  'sqlite',
  'stack',
  'state',
  'table',
  'thread',
  'trust',
  'version',
  'wall_offset_ms',
  'why',
] as const;

/** A fact that is not on the list does not compile, so that none is dropped in silence. */
export type LogField = (typeof FIELDS)[number];

const ALLOWED_FIELDS: ReadonlySet<string> = new Set(FIELDS);

const TEXT_CHARS_MAX = 512;
const STACK_CHARS_MAX = 4_096;
const ENTRIES_MAX = 16;

/** Anything of the shape of a key of ours, whatever its prefix, and long runs that may be one cut out. */
const LIKE_A_KEY = /[A-Za-z][A-Za-z0-9]{1,15}_(?:live|test)_[A-Za-z0-9]{20,}(?:_[A-Za-z0-9]{0,6})?/g;
const LIKE_A_BEARER = /\b(?:bearer|basic|x-api-key)\b[\s:=]+\S+/gi;

/** Removes what looks like a credential from a text, and cuts it. */
export function redactText(text: string, charsMax: number = TEXT_CHARS_MAX): string {
  // Cut last: a credential that straddles the cut would no longer look like one.
  const clean = text.replaceAll(LIKE_A_KEY, '[redacted]').replaceAll(LIKE_A_BEARER, '[redacted]');
  return clean.length > charsMax ? `${clean.slice(0, charsMax)}…` : clean;
}

function redactValue(name: string, value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return redactText(value, name === 'stack' ? STACK_CHARS_MAX : TEXT_CHARS_MAX);
    case 'number':
    case 'boolean':
      return value;
    default:
      return Array.isArray(value)
        ? value.slice(0, ENTRIES_MAX).map((entry) => redactEntry(entry))
        : undefined;
  }
}

/** Entries of a list are texts; anything else in one is dropped with its place kept. */
function redactEntry(entry: unknown): string {
  return typeof entry === 'string' ? redactText(entry) : '[dropped]';
}

/** The facts that may be logged, and nothing else. */
export function allowedFacts(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const allowed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(facts)) {
    if (!ALLOWED_FIELDS.has(name)) continue;
    const clean = redactValue(name, value);
    if (clean !== undefined) allowed[name] = clean;
  }
  return allowed;
}
