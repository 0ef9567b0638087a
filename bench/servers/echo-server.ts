// The floor: a grpc-js server that answers every message with itself, with the options of src/grpc/server.ts
// and without anything of ours in between. Run with the port as its argument.
import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';

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

/** As GrpcServer sets them with the default configuration. */
const server = new Server({
  'grpc.enable_channelz': 0,
  'grpc.max_receive_message_length': 4 * 1_048_576,
  'grpc.max_concurrent_streams': 1_024,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc-node.max_session_memory': 64,
});
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
