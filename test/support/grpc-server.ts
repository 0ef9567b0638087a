/**
 * A real server on loopback with a checker that answers what a test says. A double of the port, not of
 * our parts: what decides is tested end to end elsewhere.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type SidecarClient } from '../../src/client/connect.ts';
import type { CheckCall, CheckItem } from '../../src/core/request.ts';
import { createAuthorizationService } from '../../src/grpc/authorization-service.ts';
import type { CallBounds } from '../../src/grpc/call-book.ts';
import { Health } from '../../src/grpc/health.ts';
import type { RawService } from '../../src/grpc/raw-service.ts';
import { GrpcServer, type GrpcServerOptions } from '../../src/grpc/server.ts';
import type { CallOrigin, CheckAnswer, Checker } from '../../src/pdp/check-port.ts';
import type { OutcomeReport, OutcomeState } from '../../src/pdp/settle-port.ts';

/** An allowed decision about an item. */
export function allowedAnswer(item: { readonly requestId: string }): CheckAnswer {
  return {
    requestId: item.requestId,
    decisionId: `dec_${item.requestId}`,
    reason: 'allowed',
    code: '',
    subject: { companyId: 'cmp_aurora', keyId: 'key_1', scopes: ['payments:create'] },
    verdicts: [],
    obligations: [],
    policyRevision: 'r1',
    logId: 'log_1',
    index: 7,
    leaf: Buffer.from('{"kind":"decision"}'),
    windowId: '',
  };
}

/** Records what reached it; answers `allowed` unless a test says otherwise. */
export class TestChecker implements Checker {
  readonly calls: { readonly call: CheckCall; readonly origin: CallOrigin }[] = [];
  readonly reports: OutcomeReport[] = [];
  /** Awaited before each answer. */
  gate: Promise<void> = Promise.resolve();
  decide: (item: CheckItem) => CheckAnswer = allowedAnswer;
  /** Called when a call has reached the checker. */
  onCall: () => void = () => {};

  async check(call: CheckCall, origin: CallOrigin): Promise<readonly CheckAnswer[]> {
    this.calls.push({ call, origin });
    this.onCall();
    await this.gate;
    return call.items.map((item) => this.decide(item));
  }

  async reportOutcomes(reports: readonly OutcomeReport[]): Promise<readonly OutcomeState[]> {
    this.reports.push(...reports);
    return reports.map(() => 'recorded');
  }

  /** Resolves when so many calls have reached the checker. */
  reached(count: number): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.calls.length >= count) resolve();
      };
      this.onCall = look;
      look();
    });
  }
}

export const BOUNDS: CallBounds = {
  callsMax: 512,
  streamsMax: 64,
  requestMsMax: 5_000,
  answerMsMax: 10_000,
  deliveryMsMax: 5_000,
  streamIdleMs: 60_000,
};

export interface TestServerOptions {
  readonly bounds?: Partial<CallBounds>;
  readonly server?: Partial<GrpcServerOptions>;
  readonly defaultDeadlineMs?: number;
  readonly services?: (server: GrpcServer) => readonly RawService[];
}

export interface TestServer {
  readonly server: GrpcServer;
  readonly checker: TestChecker;
  readonly client: SidecarClient;
  readonly health: Health;
  readonly port: number;
  readonly socketPath: string;
  /** Errors that were reported to the log. */
  readonly reported: unknown[];
  close(): Promise<void>;
}

const monoUs = () => performance.now() * 1_000;

/** Opens a server on a free TCP port and a unix socket of its own directory. */
export async function openTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'postern-grpc-'));
  const reported: unknown[] = [];
  const report = (cause: unknown) => reported.push(cause);
  const server = new GrpcServer({
    messageBytesMax: 4 * 1_048_576,
    concurrentStreamsMax: 1_024,
    connectionsMax: 32,
    connectionIdleMs: 60_000,
    connectionAgeMsMax: 3_600_000,
    graceMs: 500,
    report,
    ...options.server,
    bounds: { ...BOUNDS, ...options.bounds },
  });
  const checker = new TestChecker();
  const connection = (peer: string) => server.connection(peer);
  const defaultDeadlineMs = options.defaultDeadlineMs ?? 5_000;
  server.addService(
    createAuthorizationService({ checker, connection, nowMonoUs: monoUs, defaultDeadlineMs, report }),
  );
  for (const service of options.services?.(server) ?? []) server.addService(service);
  const health = new Health(['AuthorizationService']);
  server.addExtension(health);
  const port = await server.listenTcp('decision_tcp', { host: '127.0.0.1', port: 0, reusePort: false });
  const socketPath = join(directory, 's.sock');
  await server.listenUnix('decision_unix', { path: socketPath, mode: 0o600, removeStale: false });
  const client = connect({ address: `127.0.0.1:${port}` });
  return {
    server,
    checker,
    client,
    health,
    port,
    socketPath,
    reported,
    async close() {
      client.close();
      await server.stop(0);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
