/**
 * Reflection is off unless it is added, and then tells the contract with its own field names.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer, loadSync } from '@grpc/proto-loader';
import { afterEach, expect, test } from 'vitest';
import { Reflection } from '../../src/grpc/reflection.ts';
import { GrpcServer } from '../../src/grpc/server.ts';
import { BOUNDS } from '../support/grpc-server.ts';

const PROTO = fileURLToPath(
  new URL(
    '../../node_modules/@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto',
    import.meta.url,
  ),
);
const method = Object(loadSync(PROTO)['grpc.reflection.v1.ServerReflection'])['ServerReflectionInfo'];

interface Answer {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] };
}

let server: GrpcServer;

async function openServer(isReflected: boolean): Promise<number> {
  server = new GrpcServer({
    messageBytesMax: 65_536,
    concurrentStreamsMax: 100,
    connectionsMax: 8,
    connectionIdleMs: 60_000,
    connectionAgeMsMax: 3_600_000,
    graceMs: 100,
    bounds: BOUNDS,
    report: () => {},
  });
  if (isReflected) server.addExtension(new Reflection(['AuthorizationService']));
  return server.listenTcp('x', { host: '127.0.0.1', port: 0, reusePort: false });
}

afterEach(() => server.stop(0));

/** Asks one question. */
function ask(port: number, question: object): Promise<Answer> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = method;
  const call = client.makeBidiStreamRequest<object, Answer>(
    path,
    requestSerialize,
    responseDeserialize,
    new Metadata(),
  );
  return new Promise<Answer>((resolve, reject) => {
    call.on('data', resolve);
    call.on('error', reject);
    call.write(question);
    call.end();
  }).finally(() => client.close());
}

test('the services of the listener are listed, and no others', async () => {
  const port = await openServer(true);
  const { listServicesResponse } = await ask(port, { listServices: '*' });
  expect(listServicesResponse?.service).toEqual([{ name: 'postern.v1.AuthorizationService' }]);
});

test('the descriptors hold the contract’s own field names', async () => {
  const port = await openServer(true);
  const symbol = 'postern.v1.AuthorizationService';
  const { fileDescriptorResponse } = await ask(port, { fileContainingSymbol: symbol });
  const files = Buffer.concat([...(fileDescriptorResponse?.fileDescriptorProto ?? [])]);
  expect(files.includes('claimed_company_ids')).toBe(true);
  const set = new URL('../../src/grpc/gen/postern.binpb', import.meta.url);
  expect(Object.keys(loadFileDescriptorSetFromBuffer(readFileSync(set)))).toContain(symbol);
});

test('without the option there is none', async () => {
  const port = await openServer(false);
  await expect(ask(port, { listServices: '*' })).rejects.toMatchObject({ code: 12 });
});
