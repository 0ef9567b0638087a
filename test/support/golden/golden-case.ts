// The form of a golden case: one file, one guarantee. It says what to set up and what to send in words
// that serve both engines: the pure `decide` and a running sidecar over gRPC. See test/golden/README.md.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';

const DIRECTORY = fileURLToPath(new URL('../../golden/decisions', import.meta.url));

export interface GoldenRate {
  readonly count: number;
  readonly period_ms: number;
  readonly burst: number;
}

export interface GoldenSetup {
  readonly environment: 'live' | 'test';
  readonly company: { readonly status: 'active' | 'suspended' | 'closed'; readonly plan: string };
  /** Of company `cmp_aurora`. Times in seconds from now. */
  readonly key: {
    readonly status: 'active' | 'inactive' | 'revoked';
    readonly environment: 'live' | 'test';
    readonly scopes: readonly string[];
    readonly networks?: readonly string[];
    readonly not_before_in_s?: number;
    readonly expires_in_s?: number;
  };
  /** The sidecar's limit of failed authentications a source, where it matters. */
  readonly source_failures?: GoldenRate;
}

export interface GoldenRequest {
  readonly request_id: string;
  /** `issued`: the key above. `unknown`: shaped like one. `none`, or any text to be sent as it is. */
  readonly credential: 'issued' | 'unknown' | 'none' | { readonly text: string };
  readonly operation: string;
  readonly resource?: { readonly type: string; readonly id: string; readonly company_id?: string };
  readonly claimed_company_ids?: readonly string[];
  readonly source?: { readonly ip: string; readonly user_agent?: string };
  readonly cost?: number;
}

export interface GoldenCase {
  /** `shipped`: over gRPC with the shipped policies; `custom`: with a policy that answers so; `later`. */
  readonly over_grpc: 'shipped' | 'custom' | 'later';
  readonly setup: GoldenSetup;
  /** The same source fails this often before, with unknown keys. */
  readonly failures_before?: number;
  /** The same call is made this often before, in the same microsecond. */
  readonly calls_before?: number;
  readonly request: GoldenRequest;
  /** What the policy answers, as an object, or as text when it is garbage. Null: it is not asked. */
  readonly policy_answer: unknown;
  /** Facts of later parts. */
  readonly later?: { readonly grant_invalid?: boolean; readonly idempotency?: 'in_progress' | 'conflict' };
  readonly expect?: unknown;
}

export interface GoldenFile {
  /** The file's name in words: the guarantee. */
  readonly name: string;
  readonly golden: GoldenCase;
  /** Writes the expectation into the file; comments stay. */
  update(expect: unknown): void;
}

/** All cases, by name. */
export function goldenFiles(): readonly GoldenFile[] {
  const paths = globSync('*.yaml', { cwd: DIRECTORY }).sort();
  return paths.map((path) => readGolden(join(DIRECTORY, path)));
}

function readGolden(path: string): GoldenFile {
  const document = parseDocument(readFileSync(path, 'utf8'));
  if (document.errors.length > 0) throw new Error(`${path}: ${document.errors.join(', ')}`);
  return {
    name: basename(path, '.yaml').replaceAll('-', ' '),
    golden: document.toJS(),
    update(expect) {
      document.set('expect', document.createNode(expect));
      writeFileSync(path, document.toString({ lineWidth: 0, flowCollectionPadding: true }));
    },
  };
}
