// Cerbos as a peer: its own binary with its own defaults, our policy in its language, audit log off, in a
// file or in its local database. Telemetry is off, because a benchmark calls nobody.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { newDirectory, removeDirectory } from './bench-directory.ts';
import { cerbosPolicy } from './cerbos-policy.ts';
import { isServing } from './readiness.ts';
import { freeAddress, type RunningServer, startServer } from './server-process.ts';

export type CerbosAudit = 'off' | 'local' | 'file';

/** Path of the binary, or null when `npm install --prefix bench` has not brought one for this machine. */
export function findCerbos(): string | null {
  const name = `@cerbos/cerbos-${process.platform}-${process.arch}`;
  try {
    const path = createRequire(import.meta.url).resolve(`${name}/cerbos-${process.platform}-${process.arch}`);
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

/** JSON is YAML. */
function configuration(
  directory: string,
  ports: { readonly http: number; readonly grpc: number },
  audit: CerbosAudit,
) {
  const log = { enabled: true, accessLogsEnabled: false, decisionLogsEnabled: true };
  const audits = {
    off: { enabled: false },
    local: { ...log, backend: 'local', local: { storagePath: join(directory, 'audit') } },
    file: { ...log, backend: 'file', file: { path: join(directory, 'audit.log') } },
  };
  return JSON.stringify({
    server: { httpListenAddr: `127.0.0.1:${ports.http}`, grpcListenAddr: `127.0.0.1:${ports.grpc}` },
    storage: { driver: 'disk', disk: { directory: join(directory, 'policies'), watchForChanges: false } },
    telemetry: { disabled: true },
    audit: audits[audit],
  });
}

export async function startCerbos(command: string, audit: CerbosAudit): Promise<RunningServer> {
  const directory = newDirectory(`cerbos-audit-${audit}`);
  const http = await freeAddress();
  const grpc = await freeAddress();
  mkdirSync(join(directory, 'policies'));
  writeFileSync(join(directory, 'policies', 'partner_call.yaml'), cerbosPolicy());
  const config = join(directory, 'cerbos.yaml');
  writeFileSync(config, configuration(directory, { http: http.port, grpc: grpc.port }, audit));
  const server = await startServer({
    command,
    arguments: ['server', `--config=${config}`, '--log-level=ERROR'],
    environment: { CERBOS_NO_TELEMETRY: '1' },
    directory,
    address: grpc,
    isReady: isServing,
  });
  return {
    ...server,
    async stop() {
      await server.stop();
      removeDirectory(directory);
    },
  };
}
