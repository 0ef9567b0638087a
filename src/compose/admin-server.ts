// The admin listener: every admin service on one unix socket, in a directory of its owner alone. Whoever
// can open the socket is the owner; there is no other way in until the admin plane exists.
import { createAuditService } from '../grpc/audit-service.ts';
import { createCompanyService } from '../grpc/company-service.ts';
import { Health } from '../grpc/health.ts';
import { createKeyService } from '../grpc/key-service.ts';
import { createPolicyService } from '../grpc/policy-service.ts';
import { GrpcServer } from '../grpc/server.ts';
import { createSystemService } from '../grpc/system-service.ts';
import type { CompanyAdmin, KeyAdmin, PolicyAdmin, SystemAdmin } from '../pdp/admin-port.ts';
import type { AuditReader } from '../pdp/audit-port.ts';
import { nameSetting } from './name-setting.ts';

export interface AdminServerParts {
  readonly socketPath: string;
  readonly reflection: boolean;
  readonly messageBytesMax: number;
  readonly graceMs: number;
  readonly keys: KeyAdmin;
  readonly companies: CompanyAdmin;
  readonly audit: AuditReader;
  readonly policy: PolicyAdmin;
  readonly system: SystemAdmin;
  /** Makes sure that its directory is private before the socket is made again. */
  readonly prepareSocket: () => void;
  readonly onSocket: (problem: string | null) => void;
  readonly onCallError: (method: string, cause: unknown) => void;
}

/** A listening admin server. */
export interface AdminServer {
  setServing(isServing: boolean): void;
  stop(graceMs: number): Promise<void>;
}

const SERVICES = ['KeyService', 'CompanyService', 'AuditService', 'PolicyService', 'SystemService'];
const CALLS_MAX = 256;
const STREAMS_MAX = 64;
const CONNECTIONS_MAX = 64;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Rejects with ListenRefused. */
export async function openAdminServer(parts: AdminServerParts): Promise<AdminServer> {
  const report = (cause: unknown, method: string) => parts.onCallError(method, cause);
  const server = new GrpcServer({
    messageBytesMax: parts.messageBytesMax,
    concurrentStreamsMax: CALLS_MAX,
    connectionsMax: CONNECTIONS_MAX,
    connectionIdleMs: 5 * MINUTE_MS,
    connectionAgeMsMax: DAY_MS,
    graceMs: parts.graceMs,
    bounds: {
      callsMax: CALLS_MAX,
      streamsMax: STREAMS_MAX,
      requestMsMax: 5_000,
      answerMsMax: MINUTE_MS,
      deliveryMsMax: MINUTE_MS,
      streamIdleMs: DAY_MS,
    },
    report,
  });
  const connection = (peer: string) => server.connection(peer);
  server.addService(createKeyService(parts.keys));
  server.addService(createCompanyService(parts.companies));
  server.addService(createAuditService({ audit: parts.audit, connection, report }));
  server.addService(createPolicyService(parts.policy));
  server.addService(createSystemService(parts.system));
  const health = new Health(SERVICES);
  server.addExtension(health);
  if (parts.reflection) {
    const { Reflection } = await import('../grpc/reflection.ts');
    server.addExtension(new Reflection(SERVICES));
  }
  // The directory's lock is held, so a socket that nobody listens on was left behind.
  const address = { path: parts.socketPath, mode: 0o600, removeStale: true };
  const watch = { prepare: parts.prepareSocket, onChange: parts.onSocket };
  await nameSetting('admin_unix', server.listenUnix('admin_unix', address, watch));
  return {
    setServing: (isServing) => health.setServing(isServing),
    stop: async (graceMs) => void (await server.stop(graceMs)),
  };
}
