/**
 * The health service against the protocol as the gRPC project's own package describes it: its messages
 * are read and written here by that package, and by nothing of ours.
 */
import { once } from 'node:events';
import {
  type ClientReadableStream,
  credentials,
  makeClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually, frame, openSession, rawCall } from '../support/grpc-raw-call.ts';
import { openTestServer, type TestServer } from '../support/grpc-server.ts';

interface HealthStatus {
  readonly status: string;
}

type Answered<T> = (error: Error | null, answer: T) => void;

interface HealthClient {
  check(request: { service: string }, answered: Answered<HealthStatus>): void;
  watch(request: { service: string }): ClientReadableStream<HealthStatus>;
  list(
    request: object,
    answered: Answered<{ readonly statuses: Readonly<Record<string, HealthStatus>> }>,
  ): void;
  close(): void;
}

const NAME = 'postern.v1.AuthorizationService';

let at: TestServer;
let client: HealthClient;

beforeEach(async () => {
  at = await openTestServer();
  const Client = makeClientConstructor(healthService, 'Health');
  client = new Client(`127.0.0.1:${at.port}`, credentials.createInsecure()) as unknown as HealthClient;
});

afterEach(async () => {
  client.close();
  await at.close();
});

const check = (service: string) =>
  new Promise<string>((resolve, reject) => {
    client.check({ service }, (error, answer) => (error === null ? resolve(answer.status) : reject(error)));
  });

/** Statuses that a watch was told so far. */
function watch(service: string): {
  readonly call: ClientReadableStream<HealthStatus>;
  readonly told: string[];
} {
  const told: string[] = [];
  const call = client.watch({ service });
  call.on('error', () => {}).on('data', ({ status }: HealthStatus) => told.push(status));
  return { call, told };
}

test('a check tells the status of the server and of its services, and refuses other names', async () => {
  for (const service of ['', NAME]) expect(await check(service)).toBe('NOT_SERVING');
  at.health.setServing(true);
  for (const service of ['', NAME]) expect(await check(service)).toBe('SERVING');
  const refused = await check('postern.v1.Other').catch((error: ServiceError) => error);
  expect(refused).toMatchObject({ code: 5 });
  const details = (refused as ServiceError).metadata.get('grpc-status-details-bin');
  expect(String(details[0])).toContain('NOT_FOUND');
});

test('a list names every service with its status', async () => {
  at.health.setServing(true);
  const listed = await new Promise((resolve) => {
    client.list({}, (_error, answer) => resolve(answer?.statuses));
  });
  expect(listed).toEqual({ '': { status: 'SERVING' }, [NAME]: { status: 'SERVING' } });
});

test('a watch is told the status at once, then each change and nothing between', async () => {
  const { call, told } = watch(NAME);
  await once(call, 'data');
  for (const isServing of [false, true, true, false, false, true]) at.health.setServing(isServing);
  await eventually(() => told.length >= 4);
  // Whatever was sent before this answer has arrived as well.
  expect(await check('')).toBe('SERVING');
  expect(told).toEqual(['NOT_SERVING', 'SERVING', 'NOT_SERVING', 'SERVING']);
  call.cancel();
});

test('a watch of a service that is not known stays open and says so', async () => {
  const { call, told } = watch('postern.v1.Other');
  await once(call, 'data');
  at.health.setServing(true);
  expect(await check('')).toBe('SERVING');
  expect(told).toEqual(['SERVICE_UNKNOWN']);
  call.cancel();
});

test('a watcher that left is told nothing, and the others go on', async () => {
  const left = watch('');
  const stays = watch('');
  await Promise.all([once(left.call, 'data'), once(stays.call, 'data')]);
  left.call.cancel();
  await eventually(() => at.server.openCalls === 1);
  at.health.setServing(true);
  await eventually(() => stays.told.length === 2);
  expect(left.told).toEqual(['NOT_SERVING']);
  expect(at.reported).toEqual([]);
  stays.call.cancel();
});

test('bytes that are no request are refused as such, by a check and by a watch', async () => {
  const session = openSession(at.port);
  for (const method of ['Check', 'Watch']) {
    const path = `/grpc.health.v1.Health/${method}`;
    const answer = await rawCall(session, { path, body: frame(Buffer.from([0x0a, 0x05, 0x61])) });
    expect(answer).toMatchObject({ status: 3, reason: 'REQUEST_MALFORMED' });
  }
  session.destroy();
});
