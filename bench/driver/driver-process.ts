// The load generator's process: prepares calls once, then runs one job after another. A process of its own,
// so that its CPU time is never taken for the server's.
import { CERBOS_METHOD, prepareCheckResources, readCheckResources } from '../workload/cerbos-calls.ts';
import { readEcho } from '../workload/echo-calls.ts';
import { prepareRestCall, readRestAnswer } from '../workload/opa-calls.ts';
import {
  prepareBatchCheck,
  prepareCheck,
  prepareStreamCheck,
  readBatchCheck,
  readCheck,
} from '../workload/postern-calls.ts';
import type { AnswerReader, PreparedCall } from '../workload/prepared-call.ts';
import { drawScenarios, type Scenario } from '../workload/scenario.ts';
import { runClosedLoop } from './closed-loop.ts';
import type { FromDriver, LoadJob, LoadResult, Protocol, ToDriver, Workload } from './job.ts';
import { runPacedLoop } from './paced-loop.ts';
import {
  openCheckStreams,
  openEchoStreams,
  openRest,
  openUnary,
  type Transport,
  type TransportEvents,
  type TransportOptions,
} from './transport.ts';

interface Speech {
  readonly method: string;
  readonly prepare: (scenarios: readonly Scenario[]) => PreparedCall;
  readonly read: AnswerReader;
  readonly open: (
    options: TransportOptions & { readonly method: string },
    events: TransportEvents,
  ) => Promise<Transport>;
}

const CHECK = '/postern.v1.AuthorizationService/Check';
const BATCH = '/postern.v1.AuthorizationService/BatchCheck';
const STREAM = '/postern.v1.AuthorizationService/StreamCheck';

const SPEECHES: Readonly<Record<Protocol, Speech>> = {
  echo: { method: CHECK, prepare: prepareCheck, read: readEcho, open: openUnary },
  'echo-stream': { method: STREAM, prepare: prepareStreamCheck, read: readEcho, open: openEchoStreams },
  'postern-check': { method: CHECK, prepare: prepareCheck, read: readCheck, open: openUnary },
  'postern-batch': { method: BATCH, prepare: prepareBatchCheck, read: readBatchCheck, open: openUnary },
  'postern-stream': { method: STREAM, prepare: prepareStreamCheck, read: readCheck, open: openCheckStreams },
  'cerbos-check': {
    method: CERBOS_METHOD,
    prepare: prepareCheckResources,
    read: readCheckResources,
    open: openUnary,
  },
  'opa-rest': { method: '', prepare: prepareRestCall, read: readRestAnswer, open: openRest },
};

let speech: Speech = SPEECHES.echo;
let calls: readonly PreparedCall[] = [];

function prepare(workload: Workload): FromDriver {
  speech = SPEECHES[workload.protocol];
  calls = drawScenarios(workload).map(speech.prepare);
  return { kind: 'prepared', calls: calls.length };
}

function run(job: LoadJob): Promise<LoadResult> {
  const { address, connections } = job;
  const { method, read } = speech;
  const open = (events: TransportEvents) => speech.open({ address, connections, method, read }, events);
  return job.callsPerSecond === null ? runClosedLoop(job, calls, open) : runPacedLoop(job, calls, open);
}

async function answer(message: ToDriver): Promise<FromDriver> {
  try {
    if (message.kind === 'prepare') return prepare(message.workload);
    return { kind: 'result', result: await run(message.job) };
  } catch (error) {
    return { kind: 'failed', problem: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', (message: ToDriver) => {
  void answer(message).then((reply) => process.send?.(reply));
});
// Ends with the benchmark, however that ends.
process.on('disconnect', () => process.exit(0));
