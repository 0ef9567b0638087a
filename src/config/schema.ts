// Every setting: its meaning, unit, range and default, in one place. docs/config.md, the environment's
// names and the messages for mistakes are all made from it. It must never describe a secret: secrets
// are files in the data directory.
import { z } from 'zod';
import { compileKeyPattern, KEY_PREFIX_PATTERN } from '../core/key-format.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MEBIBYTE = 1_048_576;

interface Range {
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

/** A whole number in a closed range. */
function whole(meaning: string, range: Range) {
  return z.int().min(range.min).max(range.max).default(range.default).describe(meaning);
}

function isRegularExpression(text: string): boolean {
  try {
    return compileKeyPattern(text) instanceof RegExp;
  } catch {
    return false;
  }
}

const data = z.strictObject({
  directory: z
    .string()
    .min(1)
    .max(1_024)
    .default('./.postern')
    .describe(
      'Directory of the database, the audit log and the secrets. One process at a time. Relative to the working directory. An empty or missing one is set up at the first start.',
    ),
});

const listeners = z.strictObject({
  decision: z
    .strictObject({
      socket: z
        .string()
        .min(1)
        .default('auto')
        .describe(
          'Unix socket for checks. `auto`: `decision.sock` in a private directory derived from the data directory; `off`: none; else a path of at most 107 bytes.',
        ),
      tcp: z
        .string()
        .min(1)
        .default('127.0.0.1:7070')
        .describe(
          'Loopback address for checks, such as `127.0.0.1:7070` or `[::1]:7070`; port 0 takes a free one; `off`: none. Other than loopback is refused, because keys would cross the network unencrypted.',
        ),
    })
    .prefault({}),
  admin: z
    .strictObject({
      socket: z
        .string()
        .min(1)
        .default('auto')
        .describe(
          'Unix socket for administration. Access to it is the owner role: never put it into a volume that is shared with the host. `auto`: `admin/admin.sock` in the private directory; else a path of at most 107 bytes.',
        ),
    })
    .prefault({}),
  ops: z
    .strictObject({
      address: z
        .string()
        .min(1)
        .default('127.0.0.1:7072')
        .describe(
          'Address of `/metrics`, `/healthz` and `/readyz`. In a pod the pod’s own address, because probes do not reach loopback; port 0 takes a free one; `off`: none.',
        ),
    })
    .prefault({}),
});

const evaluators = z.strictObject({
  count: whole('Threads that decide. One uses about one core under full load.', {
    min: 1,
    max: 64,
    default: 1,
  }),
  queueMax: whole('Items that one evaluator holds unanswered; more are refused with RESOURCE_EXHAUSTED.', {
    min: 16,
    max: 100_000,
    default: 4_096,
  }),
  memoryMbMax: whole('Bound of the old generation of one evaluator’s heap, in MiB.', {
    min: 32,
    max: 4_096,
    default: 96,
  }),
});

const ledger = z.strictObject({
  durability: z
    .enum(['disk', 'process'])
    .default('disk')
    .describe(
      'What an answer has survived when it is given. `disk`: a power cut (one fsync a group); `process`: a crash of the process only.',
    ),
  groupMax: whole('Decisions that one transaction settles at most.', { min: 1, max: 4_096, default: 512 }),
  queueMax: whole('Decisions that wait for the ledger at most; more are refused with RESOURCE_EXHAUSTED.', {
    min: 64,
    max: 1_000_000,
    default: 65_536,
  }),
});

const policy = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(1_024)
    .default('embedded')
    .describe(
      'The policy. `embedded`: the bundle that comes with the program; else a bundle file, or a directory of Rego and data (which needs the OPA compiler).',
    ),
  watch: z
    .boolean()
    .default(true)
    .describe('Whether a change of the policy’s files is loaded while the sidecar runs.'),
  evaluationMsMax: whole(
    'An evaluation that has computed for longer than this many milliseconds is ended and recorded as policy_failed. Time in which its thread had no processor does not count, up to 40 times the limit.',
    {
      min: 5,
      max: 10_000,
      default: 50,
    },
  ),
  inputBytesMax: whole('Bytes of one policy input at most. Larger is policy_failed.', {
    min: 4_096,
    max: MEBIBYTE,
    default: 65_536,
  }),
  rememberedAnswersMax: whole(
    'Answers of the policy that each evaluator remembers, for checks that agree in everything the policy reads: 20 bytes each, rounded up to a power of two. 0: every check is evaluated.',
    { min: 0, max: 1_000_000, default: 16_384 },
  ),
  memoryBytesMax: whole(
    'Bytes of memory of one policy instance at most, in steps of 64 KiB. One that has grown above half of it is replaced: below 2 MiB that would happen again and again.',
    {
      min: 4 * MEBIBYTE,
      max: 512 * MEBIBYTE,
      default: 32 * MEBIBYTE,
    },
  ),
});

const audit = z.strictObject({
  overLimitPerSecondPerKey: whole(
    'Over-limit checks of one key that are recorded one by one in a second; further ones are counted in a window.',
    { min: 0, max: 10_000, default: 10 },
  ),
  windowIdleMs: whole('A window closes after being quiet for this many milliseconds.', {
    min: 1_000,
    max: 10 * MINUTE_MS,
    default: 10_000,
  }),
  windowLengthMsMax: whole('A window closes after this many milliseconds at the latest.', {
    min: 10_000,
    max: 60 * MINUTE_MS,
    default: 5 * MINUTE_MS,
  }),
});

const sourceFailures = z.strictObject({
  count: whole('Failed authentications that one source may make in `periodMs`.', {
    min: 1,
    max: 1_000_000,
    default: 60,
  }),
  periodMs: whole('The period of `count`, in milliseconds.', { min: 1_000, max: DAY_MS, default: MINUTE_MS }),
  burst: whole('Failed authentications that may come at once.', { min: 1, max: 1_000_000, default: 20 }),
  ipv6PrefixBits: whole('IPv6 sources are counted together by a prefix of this many bits.', {
    min: 32,
    max: 128,
    default: 64,
  }),
});

const keys = z.strictObject({
  prefix: z
    .string()
    .regex(KEY_PREFIX_PATTERN, 'must be 2 to 16 lower-case letters and digits and begin with a letter')
    .default('pst')
    .describe(
      'Prefix of new keys, 2 to 16 lower-case letters and digits. Keys of another prefix are malformed.',
    ),
  acceptedPatterns: z
    .array(
      z.string().min(1).max(256).refine(isRegularExpression, { error: 'must be a valid regular expression' }),
    )
    .max(16)
    .default([])
    .describe(
      'Regular expressions of other key formats that are looked up too. Each must match the whole credential, and be linear: partners choose what it is matched against.',
    ),
});

const clock = z.strictObject({
  jumpMaxMs: whole('A forward step of the machine’s time above this is not believed until it is accepted.', {
    min: 1_000,
    max: DAY_MS,
    default: 5 * MINUTE_MS,
  }),
  restartJumpMaxMs: whole('The same across a restart: longest time that the sidecar may have been stopped.', {
    min: MINUTE_MS,
    max: 3_650 * DAY_MS,
    default: 7 * DAY_MS,
  }),
});

const grpc = z.strictObject({
  reflection: z.boolean().default(false).describe('Whether gRPC reflection is served.'),
  messageBytesMax: whole(
    'Bytes of one received message at most. Of requests that have not arrived whole, one evaluator holds eight times as many.',
    {
      min: 65_536,
      max: 64 * MEBIBYTE,
      default: 4 * MEBIBYTE,
    },
  ),
  concurrentStreamsMax: whole('Calls in flight on one connection at most.', {
    min: 16,
    max: 100_000,
    default: 1_024,
  }),
  connectionsMax: whole(
    'Connections to one listener of an evaluator at most; more are closed at once. TCP and the socket have as many each.',
    {
      min: 1,
      max: 65_535,
      default: 512,
    },
  ),
  connectionIdleMs: whole('A connection without calls is closed after this many milliseconds.', {
    min: 1_000,
    max: DAY_MS,
    default: 5 * MINUTE_MS,
  }),
  defaultDeadlineMs: whole('Deadline of a call that brings none, in milliseconds; also the longest one.', {
    min: 100,
    max: 10 * MINUTE_MS,
    default: 5_000,
  }),
  graceMs: whole('Time that a stop gives to calls in flight, in milliseconds. Keep it below the pod’s own.', {
    min: 100,
    max: 10 * MINUTE_MS,
    default: 10_000,
  }),
});

/** The whole file. Unknown settings are refused on every level. */
export const settingsSchema = z.strictObject({
  environment: z
    .enum(['live', 'test'])
    .default('live')
    .describe('What this sidecar serves. Keys of the other environment are denied.'),
  data: data.prefault({}),
  listeners: listeners.prefault({}),
  evaluators: evaluators.prefault({}),
  ledger: ledger.prefault({}),
  policy: policy.prefault({}),
  audit: audit.prefault({}),
  limits: z.strictObject({ sourceFailures: sourceFailures.prefault({}) }).prefault({}),
  keys: keys.prefault({}),
  clock: clock.prefault({}),
  grpc: grpc.prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info')
        .describe('Least level of the log lines on standard output.'),
    })
    .prefault({}),
  sample: z
    .boolean()
    .default(false)
    .describe(
      'Whether the first start in an empty data directory creates a fictional company and key (`npm start`). Never in production.',
    ),
});

/** The settings as written, with defaults filled in. */
export type Settings = z.infer<typeof settingsSchema>;
