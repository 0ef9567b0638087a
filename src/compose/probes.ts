// What `postern doctor` looks at on this machine: probes of several adapters in the order they are told.
// Each looks at one thing, changes nothing, and never rejects for what it finds.
import type { DoctorFinding, DoctorProbe, SidecarPlace } from '../cli/ports.ts';
import { PosternError } from '../core/error.ts';
import { probeClock, probeDisk, probeRuntime } from '../ops/probe-machine.ts';
import { probePermissions } from '../ops/probe-permissions.ts';
import { findOpa } from '../policy/compiler/opa-binary.ts';
import { ledgerPath } from '../storage/create-ledger.ts';
import { openReader } from '../storage/database.ts';
import { LEDGER_PLAN } from '../storage/ledger-schema.ts';
import { ledgerExists } from '../storage/prepare-data.ts';
import { linkedSqliteVersion } from '../storage/sqlite.ts';

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
    openReader({ path, plan: LEDGER_PLAN }).close();
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

/** Looks at everything. */
export const probeMachine: DoctorProbe = async (place: SidecarPlace) => [
  probeRuntime(),
  await probeCompiler(),
  ...probeDatabase(place.dataDirectory),
  ...probeDisk(place.dataDirectory),
  probeClock(place.dataDirectory),
  ...probePermissions({
    dataDirectory: place.dataDirectory,
    adminSocket: place.admin.replace(/^unix:/, ''),
  }),
];
