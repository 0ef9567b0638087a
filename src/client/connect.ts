// The client of a sidecar: one connection, typed methods, promises. For hosts (authorization) and for
// the command line (everything). It never decides: an error of any kind means deny.
import { Client, credentials } from '@grpc/grpc-js';
import { service as healthMethods } from 'grpc-health-check';
import { type CallMethod, serverStream, unary } from './calls.ts';
import { openCheckStream } from './check-stream.ts';
import {
  auditMethods,
  authorizationMethods,
  companyMethods,
  keyMethods,
  policyMethods,
  systemMethods,
} from './contract.ts';

export interface ConnectOptions {
  /** `unix:/path/to.sock`, or `host:port`. */
  readonly address: string;
  /** Deadline of a call that names none, in milliseconds. Default 10,000. */
  readonly deadlineMs?: number;
  /** Bytes of one received message at most. Default 16 MiB: pages of audit records are large. */
  readonly messageBytesMax?: number;
}

type ServingStatus = 'UNKNOWN' | 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

const RECEIVED_BYTES_MAX = 16 * 1_048_576;
const DEADLINE_MS = 10_000;

function openClient({ address, messageBytesMax = RECEIVED_BYTES_MAX }: ConnectOptions): Client {
  return new Client(address, credentials.createInsecure(), {
    'grpc.enable_channelz': 0,
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.service_config_disable_resolution': 1,
    // A call is never retried behind the caller's back: a check that was charged would be charged twice.
    'grpc.enable_retries': 0,
    // A host name is looked up by nobody but the operator: no proxy stands between host and sidecar.
    'grpc.enable_http_proxy': 0,
  });
}

/** Connects lazily: the first call opens the connection, and every later one reopens it when needed. */
export function connect(options: ConnectOptions) {
  const client = openClient(options);
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
  const checkHealth = unary(
    client,
    // The package ships its own descriptor, without generated types.
    healthMethods['Check'] as unknown as CallMethod<{ service: string }, { status: ServingStatus }>,
    deadlineMs,
  );
  return {
    authorization: {
      check: unary(client, authorizationMethods.Check, deadlineMs),
      batchCheck: unary(client, authorizationMethods.BatchCheck, deadlineMs),
      reportOutcomes: unary(client, authorizationMethods.ReportOutcomes, deadlineMs),
      openStream: () => openCheckStream(client),
    },
    keys: {
      create: unary(client, keyMethods.CreateKey, deadlineMs),
      get: unary(client, keyMethods.GetKey, deadlineMs),
      list: unary(client, keyMethods.ListKeys, deadlineMs),
      activate: unary(client, keyMethods.ActivateKey, deadlineMs),
      deactivate: unary(client, keyMethods.DeactivateKey, deadlineMs),
      revoke: unary(client, keyMethods.RevokeKey, deadlineMs),
    },
    companies: {
      create: unary(client, companyMethods.CreateCompany, deadlineMs),
      get: unary(client, companyMethods.GetCompany, deadlineMs),
      list: unary(client, companyMethods.ListCompanies, deadlineMs),
      suspend: unary(client, companyMethods.SuspendCompany, deadlineMs),
      reactivate: unary(client, companyMethods.ReactivateCompany, deadlineMs),
    },
    audit: {
      query: unary(client, auditMethods.QueryRecords, deadlineMs),
      /** Without an end unless `stopAtEnd` is set: leave the loop or abort the signal. */
      tail: serverStream(client, auditMethods.TailRecords),
      verify: serverStream(client, auditMethods.VerifyLog),
    },
    policy: { status: unary(client, policyMethods.GetPolicyStatus, deadlineMs) },
    system: {
      status: unary(client, systemMethods.GetStatus, deadlineMs),
      acceptClock: unary(client, systemMethods.AcceptClock, deadlineMs),
    },
    health: {
      /** The empty name asks about the sidecar as a whole. */
      check: async (service = '') => (await checkHealth({ service })).status,
    },
    close: () => client.close(),
  };
}

/** A connected client. */
export type SidecarClient = ReturnType<typeof connect>;
