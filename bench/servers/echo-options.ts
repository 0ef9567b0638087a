// The options of grpc-js that the floor runs with: those of src/grpc/server.ts with the default configuration,
// so that a ratio to the floor says what Postern adds.
export const ECHO_OPTIONS = {
  'grpc.enable_channelz': 0,
  'grpc.max_receive_message_length': 4_194_304,
  'grpc.max_concurrent_streams': 1_024,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc-node.max_session_memory': 64,
} as const;
