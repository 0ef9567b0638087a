// What `postern doctor` looks at on this machine. Each probe looks at one thing, changes nothing, and
// never rejects for what it finds.
import { accessSync, constants, existsSync, lstatSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DoctorFinding, DoctorProbe } from '../cli/ports.ts';
import { wallUs } from '../ops/clock.ts';
import { findOpa } from '../policy/compiler/opa-binary.ts';
import { ledgerPath } from '../storage/create-ledger.ts';
import { openReader } from '../storage/database.ts';
import { databaseExists } from '../storage/database-file.ts';
import { LEDGER_PLAN } from '../storage/ledger-schema.ts';
import { linkedSqliteVersion } from '../storage/sqlite.ts';

const MEBIBYTE = 1_048_576;
const FREE_MIB_WARN = 1_024;
const FREE_MIB_FAIL = 64;
/** 2026-01-01: a clock before it is wrong. */
const EARLIEST_US = 1_767_225_600_000_000;

function finding(name: string, state: DoctorFinding['state'], detail: string): DoctorFinding {
  return { name, state, detail };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}

const runtime: DoctorProbe = async () => [
  finding('runtime', 'ok', `Node ${process.version} on ${process.platform} ${process.arch}`),
];

const compiler: DoctorProbe = async () => {
  try {
    const { version, origin, path } = await findOpa();
    return [finding('OPA', 'ok', `${version} from ${origin} (${path})`)];
  } catch (error) {
    return [finding('OPA', 'warn', messageOf(error))];
  }
};

const database: DoctorProbe = async ({ dataDirectory }) => {
  const sqlite = finding('SQLite', 'ok', linkedSqliteVersion());
  const path = ledgerPath(dataDirectory);
  if (!databaseExists(path)) return [sqlite, finding('database', 'ok', 'none yet: the first start makes it')];
  try {
    openReader({ path, plan: LEDGER_PLAN }).close();
    return [sqlite, finding('database', 'ok', `${path} opens`)];
  } catch (error) {
    return [sqlite, finding('database', 'fail', messageOf(error))];
  }
};

/** The nearest directory that exists: what the data directory would be made in. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

const disk: DoctorProbe = async ({ dataDirectory }) => {
  const { bavail, bsize } = statfsSync(nearest(dataDirectory));
  const freeMib = Math.floor((bavail * bsize) / MEBIBYTE);
  const state = freeMib < FREE_MIB_FAIL ? 'fail' : freeMib < FREE_MIB_WARN ? 'warn' : 'ok';
  return [finding('disk', state, `${freeMib} MiB free for ${dataDirectory}`)];
};

const clock: DoctorProbe = async () => [
  wallUs() < EARLIEST_US
    ? finding('clock', 'fail', `${new Date(wallUs() / 1_000).toISOString()}: the machine’s time is not set`)
    : finding('clock', 'ok', new Date(wallUs() / 1_000).toISOString()),
];

const permissions: DoctorProbe = async ({ dataDirectory }) => {
  const place = nearest(dataDirectory);
  try {
    accessSync(place, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return [finding('permissions', 'fail', `${place} cannot be written by this user`)];
  }
  if (place !== dataDirectory) return [finding('permissions', 'ok', `${place} can be written`)];
  const open = [dataDirectory, join(dataDirectory, 'secrets')].filter(
    (path) => existsSync(path) && (lstatSync(path).mode & 0o077) !== 0,
  );
  return open.length === 0
    ? [finding('permissions', 'ok', `${dataDirectory} is private to its owner`)]
    : [finding('permissions', 'warn', `open to other users: ${open.join(', ')} (chmod 700)`)];
};

/** In the order they are told. */
export const probes: readonly DoctorProbe[] = [runtime, compiler, database, disk, clock, permissions];
