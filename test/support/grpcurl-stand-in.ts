/**
 * Stands in for grpcurl where that is not installed: takes the flags that our pages use and no other, reads the
 * request as JSON from standard input, knows nothing of the service but what is in the descriptor set, and
 * makes the call. A field that the request does not have is an error, as it is to grpcurl.
 */
import { readFileSync } from 'node:fs';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer, type MethodDefinition } from '@grpc/proto-loader';

const [plaintext, protosetFlag, protoset, dataFlag, data, address, method, ...further] =
  process.argv.slice(2);
const isAsPrinted =
  plaintext === '-plaintext' && protosetFlag === '-protoset' && dataFlag === '-d' && data === '@';
if (!isAsPrinted || further.length > 0)
  throw new Error(`unknown arguments: ${process.argv.slice(2).join(' ')}`);

const definitions = loadFileDescriptorSetFromBuffer(readFileSync(protoset ?? ''), {
  keepCase: true,
  longs: String,
  enums: String,
  oneofs: true,
});
const [serviceName = '', methodName = ''] = (method ?? '').split('/');
const service = definitions[serviceName] as unknown as Readonly<
  Record<string, MethodDefinition<object, object>>
>;
const called = service?.[methodName];
if (called === undefined) throw new Error(`no method ${method}`);

const request = JSON.parse(readFileSync(0, 'utf8')) as object;
const { field: fields } = called.requestType.type as unknown as {
  readonly field: readonly { name: string }[];
};
for (const name of Object.keys(request)) {
  if (!fields.some((field) => field.name === name)) throw new Error(`no field ${name}`);
}

const client = new Client(address ?? '', credentials.createInsecure());
const { path, requestSerialize, responseDeserialize } = called;
client.makeUnaryRequest(
  path,
  requestSerialize,
  responseDeserialize,
  request,
  (error: ServiceError | null, answer) => {
    client.close();
    if (error !== null) throw error;
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  },
);
