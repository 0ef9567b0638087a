// The admin side of a sidecar: its use cases over the ledger, the registry and the audit reader, served on
// the admin socket.
import { dirname } from 'node:path';
import { monoUs } from '../ops/clock.ts';
import { Ids } from '../ops/ids.ts';
import { makePrivateDirectory } from '../ops/private-directory.ts';
import { createCompanyAdmin } from '../pdp/company-admin.ts';
import { createKeyAdmin } from '../pdp/key-admin.ts';
import { ledgerPath } from '../storage/create-ledger.ts';
import { openRegistryLister } from '../storage/registry-lister.ts';
import { deriveSecrets, SCHEME_ID } from '../storage/secrets.ts';
import { linkedSqliteVersion } from '../storage/sqlite.ts';
import { type AdminServer, openAdminServer } from './admin-server.ts';
import { createSystemAdmin, type SidecarParts } from './sidecar-parts.ts';
import { socketLine } from './socket-line.ts';
import type { Teardown } from './teardown.ts';

/** Opens the admin listener. Rejects with ListenRefused. */
export async function openAdmin(
  parts: SidecarParts,
  pepper: Uint8Array,
  teardown: Teardown,
): Promise<AdminServer> {
  const { config, log, metrics, control } = parts;
  const secrets = deriveSecrets(pepper);
  const lister = openRegistryLister({
    path: ledgerPath(config.data.directory),
    rowMac: secrets.rowMac,
    onDamagedRow: (row) => {
      metrics.addRowMacMismatches(1);
      log.write('error', 'registry_row_edited', { table: row.table, id: row.id });
    },
  });
  teardown.add(() => lister.close());
  const ids = new Ids();
  const writer = parts.ledger.client;
  const server = await openAdminServer({
    socketPath: config.listeners.admin.socket,
    reflection: config.grpc.reflection,
    messageBytesMax: config.grpc.messageBytesMax,
    graceMs: config.grpc.graceMs,
    keys: createKeyAdmin({
      writer,
      lister,
      hasher: secrets.hasher,
      schemeId: SCHEME_ID,
      prefix: config.keys.prefix,
      randomSecret: () => ids.secret(),
      newKeyId: () => ids.keyId(control.nowUs(monoUs())),
    }),
    companies: createCompanyAdmin({ writer, lister, plans: () => parts.policies.plans() }),
    audit: parts.reader.client,
    policy: parts.policies,
    system: createSystemAdmin(parts, linkedSqliteVersion()),
    prepareSocket: () => makePrivateDirectory(dirname(config.listeners.admin.socket)),
    onSocket: (problem) => {
      const { level, event, facts } = socketLine(config.listeners.admin.socket, problem);
      log.write(level, event, facts);
    },
    onCallError: (method, cause) => log.failure('admin_call_failed', cause, { method }),
  });
  teardown.add(() => server.stop(config.grpc.graceMs));
  return server;
}
