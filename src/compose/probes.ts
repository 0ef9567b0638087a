// What `postern doctor` looks at on this machine: probes of several adapters in the order they are told.
// Each looks at one thing, changes nothing, and never rejects for what it finds. What keeps a sidecar from
// starting is judged by the start's own checks, so that the two never differ.
import { dirname } from 'node:path';
import type { DoctorFinding, DoctorProbe, SidecarPlace } from '../cli/ports.ts';
import { PosternError } from '../core/error.ts';
import { probeClock, probeDisk, probeRuntime } from '../ops/probe-machine.ts';
import { exposedSecrets, probeDirectory } from '../ops/probe-permissions.ts';
import { findOpa } from '../policy/compiler/opa-binary.ts';
import { checkRegistry } from '../storage/check-registry.ts';
import { ledgerPath } from '../storage/create-ledger.ts';
import { dataDirectoryExists } from '../storage/data-directory.ts';
import { openReader } from '../storage/database.ts';
import { loadHead } from '../storage/ledger-head.ts';
import { LEDGER_PLAN } from '../storage/ledger-schema.ts';
import { ledgerExists } from '../storage/prepare-data.ts';
import { linkedSqliteVersion } from '../storage/sqlite.ts';
import { rowMacOf, secretsExist } from './data-secrets.ts';

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}

async function probeCompiler(): Promise<DoctorFinding> {
  try {
    const { version, origin, path } = await findOpa();
    return { name: 'OPA', state: 'ok', detail: `${version} from ${origin} (${path})` };
  } catch (error) {
    return { name: 'OPA', state: 'warn', detail: messageOf(error) };
  }
}

function probeDatabase(dataDirectory: string): readonly DoctorFinding[] {
  const sqlite: DoctorFinding = { name: 'SQLite', state: 'ok', detail: linkedSqliteVersion() };
  const path = ledgerPath(dataDirectory);
  try {
    if (!ledgerExists(dataDirectory)) {
      return [sqlite, { name: 'database', state: 'ok', detail: 'none yet: the first start makes it' }];
    }
    requireWholeEnd(path);
    return [sqlite, { name: 'database', state: 'ok', detail: `${path} opens` }];
  } catch (error) {
    if (error instanceof PosternError && error.facts['problem'] === 'database_older') {
      return [
        sqlite,
        { name: 'database', state: 'ok', detail: `${path} is brought to this version when it starts` },
      ];
    }
    return [sqlite, { name: 'database', state: 'fail', detail: messageOf(error) }];
  }
}

/** What a start looks at before it goes on with a log. */
function requireWholeEnd(path: string): void {
  const database = openReader({ path, plan: LEDGER_PLAN });
  try {
    // One state of it, also while a sidecar appends.
    database.exec('BEGIN');
    loadHead(database);
  } finally {
    database.close();
  }
}

function probeDataDirectory(dataDirectory: string): DoctorFinding {
  dataDirectoryExists(dataDirectory);
  return probeDirectory('data directory', dataDirectory);
}

function probeSecrets(dataDirectory: string): DoctorFinding {
  const problems = [...exposedSecrets(dataDirectory)];
  let detail = 'readable by their owner only';
  try {
    if (!secretsExist(dataDirectory)) detail = 'none yet: the first start makes them';
  } catch (error) {
    problems.push(messageOf(error));
  }
  return problems.length === 0
    ? { name: 'secrets', state: 'ok', detail }
    : { name: 'secrets', state: 'fail', detail: problems.join('; ') };
}

/** More than a person reads. */
const NAMED_MAX = 10;

/** A row that was edited is otherwise noticed only when somebody uses it. */
function probeRegistry(dataDirectory: string): readonly DoctorFinding[] {
  const rowMac = rowMacOf(dataDirectory);
  // Why it cannot be looked at is another finding's to say.
  if (rowMac === null) return [];
  const { companies, keys, edited } = checkRegistry(ledgerPath(dataDirectory), rowMac);
  if (edited.length === 0) {
    const detail = `${companies} companies and ${keys} keys, each as the ledger wrote it`;
    return [{ name: 'registry', state: 'ok', detail }];
  }
  const named = edited.slice(0, NAMED_MAX).map(({ id }) => id);
  const others = edited.length > NAMED_MAX ? ' and others' : '';
  const detail = `${edited.length} of ${companies + keys} rows were edited in the database, so they are not believed and their checks are denied: ${named.join(', ')}${others}; restore the data directory from a backup`;
  return [{ name: 'registry', state: 'fail', detail }];
}

/** One thing that cannot be looked at is a finding, and hides no other. */
function looked(
  name: string,
  look: () => DoctorFinding | readonly DoctorFinding[],
): readonly DoctorFinding[] {
  try {
    return [look()].flat();
  } catch (error) {
    return [{ name, state: 'fail', detail: messageOf(error) }];
  }
}

/** Looks at everything. */
export const probeMachine: DoctorProbe = async ({ dataDirectory, admin }: SidecarPlace) => [
  probeRuntime(),
  await probeCompiler(),
  ...looked('database', () => probeDatabase(dataDirectory)),
  ...looked('disk', () => probeDisk(dataDirectory)),
  ...looked('clock', () => probeClock(dataDirectory)),
  ...looked('data directory', () => probeDataDirectory(dataDirectory)),
  ...looked('secrets', () => probeSecrets(dataDirectory)),
  ...looked('registry', () => probeRegistry(dataDirectory)),
  ...looked('admin directory', () => probeDirectory('admin directory', dirname(admin.replace(/^unix:/, '')))),
];
