// The floor: a grpc-js server that answers every message with itself, with the options of src/grpc/server.ts
// and without anything of ours in between. Run with the port as its argument.
import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { ECHO_OPTIONS } from './echo-options.ts';

const asIs = (bytes: Buffer) => bytes;

function method(path: string, isStream: boolean) {
  return {
    path,
    requestStream: isStream,
    responseStream: isStream,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}

const definition: ServiceDefinition = {
  Check: method('/postern.v1.AuthorizationService/Check', false),
  StreamCheck: method('/postern.v1.AuthorizationService/StreamCheck', true),
};

const server = new Server(ECHO_OPTIONS);
server.addService(definition, {
  Check(call: { readonly request: Buffer }, answer: (error: null, bytes: Buffer) => void) {
    answer(null, call.request);
  },
  StreamCheck(call: NodeJS.ReadWriteStream) {
    call.on('data', (bytes: Buffer) => call.write(bytes));
    call.on('end', () => call.end());
  },
});
const health = new HealthImplementation({ '': 'SERVING' });
health.addToServer(server);
server.bindAsync(`127.0.0.1:${process.argv[2] ?? ''}`, ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
});
process.once('SIGTERM', () => server.forceShutdown());
