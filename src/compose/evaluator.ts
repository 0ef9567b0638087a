// The evaluator thread: everything that decides a check, put together. It listens, authenticates, asks the
// policy and hands what it drafted to the ledger; it writes nothing itself.
import { parentPort } from 'node:worker_threads';
import { compileKeyPattern, formatKey } from '../core/key-format.ts';
import { createAuthorizationService } from '../grpc/authorization-service.ts';
import { Health } from '../grpc/health.ts';
import { ListenRefused } from '../grpc/listen.ts';
import { GrpcServer } from '../grpc/server.ts';
import { monoUs } from '../ops/clock.ts';
import { Ids } from '../ops/ids.ts';
import { systemThreadId } from '../ops/thread-time.ts';
import { createChecker } from '../pdp/check.ts';
import { ControlBlock } from '../pdp/control-block.ts';
import { DraftTurn } from '../pdp/draft-turn.ts';
import type { NumberedCandidate } from '../pdp/policy-control.ts';
import { PreparedPolicies } from '../pdp/prepared-policies.ts';
import { prepareEvaluator } from '../policy/engine/prepare.ts';
import { ledgerPath } from '../storage/create-ledger.ts';
import { LedgerClient } from '../storage/ledger-client.ts';
import { openRegistryReader } from '../storage/registry-reader.ts';
import { saltedHash } from '../storage/salted-hash.ts';
import { deriveSecrets } from '../storage/secrets.ts';
import { encodeSlot } from '../storage/settle-slot.ts';
import { AuthorizationCounts } from './evaluator-counts.ts';
import type { EvaluatorStart, FromEvaluator, ToEvaluator } from './evaluator-protocol.ts';
import { nameSetting } from './name-setting.ts';
import type { CandidatePayload } from './trial-host.ts';

/** A little above the longest deadline, so that it only ends what is stuck. */
const ANSWER_MARGIN_MS = 2_000;
const REQUEST_MS_MAX = 5_000;
const DELIVERY_MS_MAX = 10_000;
const HEARTBEAT_MS = 250;
const SERVICES = ['AuthorizationService'];

function tell(message: FromEvaluator): void {
  parentPort?.postMessage(message);
}

/** Runs until it is told to stop, or ended. */
export async function runEvaluator(start: EvaluatorStart): Promise<void> {
  const control = ControlBlock.open(start.control, start.evaluators);
  const policies = new PreparedPolicies(control);
  const counts = new AuthorizationCounts((reported) => tell({ kind: 'counts', counts: reported }));
  const prepare = (numbered: NumberedCandidate<CandidatePayload>) => {
    const { revision, payload } = numbered.candidate;
    const { policy: limits, rememberedAnswersMax: rememberedMax } = start.options;
    const { generation } = numbered;
    const prepared = prepareEvaluator({ ...payload, revision, generation, limits, rememberedMax });
    if (prepared.ok) policies.add(prepared.evaluator);
    return prepared.ok ? [] : prepared.problems;
  };
  for (const policy of start.policies) {
    const [problem] = prepare(policy);
    // Without the one in force it could answer nothing: whoever started it tries again. One that is pending
    // is refused, or not, by those that serve.
    if (problem !== undefined && policy.generation === control.generation()) {
      throw new Error(`the policy in force cannot be prepared: ${problem.message}`);
    }
  }
  const { server, health } = await composeServer(start, { control, policies, counts });
  const beat = setInterval(() => control.beatEvaluator(start.number), HEARTBEAT_MS);

  parentPort?.on('message', (message: ToEvaluator) => {
    switch (message.kind) {
      case 'prepare':
        return tell({ kind: 'prepared', id: message.id, problems: prepare(message.policy) });
      case 'health':
        return health.setServing(message.serving);
      case 'listen':
        return void listen(start, server, message.tcpPort).then(tell);
      case 'stop':
        health.setServing(false);
        return void server.stop(message.graceMs).then(() => {
          clearInterval(beat);
          counts.report();
          tell({ kind: 'stopped' });
        });
    }
  });
  tell({ kind: 'ready', threadId: systemThreadId() });
}

interface ServerParts {
  readonly control: ControlBlock;
  readonly policies: PreparedPolicies;
  readonly counts: AuthorizationCounts;
}

async function composeServer(
  start: EvaluatorStart,
  parts: ServerParts,
): Promise<{ server: GrpcServer; health: Health }> {
  const { options } = start;
  const report = (cause: unknown, method: string) => {
    const problem = cause instanceof Error ? `${cause.name}: ${cause.message}` : 'not an error';
    tell({ kind: 'log', level: 'error', event: 'call_failed', facts: { method, problem } });
  };
  const turn = new DraftTurn({
    itemsMax: options.queueMax,
    betweenPolls: (work) => setImmediate(() => server.inTurn(work)),
  });
  const server = new GrpcServer({
    ...options.grpc,
    waiting: () => turn.waiting,
    bounds: {
      callsMax: options.queueMax,
      streamsMax: options.grpc.connectionsMax,
      requestMsMax: REQUEST_MS_MAX,
      answerMsMax: options.grpc.defaultDeadlineMs + ANSWER_MARGIN_MS,
      deliveryMsMax: DELIVERY_MS_MAX,
      streamIdleMs: options.grpc.connectionIdleMs,
    },
    report,
  });
  server.addService(
    createAuthorizationService({
      checker: composeChecker(start, { ...parts, turn, stopReading: () => server.stopReading() }),
      connection: (peer) => server.connection(peer),
      nowMonoUs: monoUs,
      defaultDeadlineMs: options.grpc.defaultDeadlineMs,
      report,
    }),
  );
  const health = new Health(SERVICES);
  server.addExtension(health);
  if (options.grpc.reflection) {
    // Loaded when it is on: its libraries hold 27 MB in each thread.
    const { Reflection } = await import('../grpc/reflection.ts');
    server.addExtension(new Reflection(SERVICES));
  }
  return { server, health };
}

interface CheckerParts extends ServerParts {
  readonly turn: DraftTurn;
  /** Until the turn is over. */
  readonly stopReading: () => void;
}

function composeChecker(start: EvaluatorStart, parts: CheckerParts) {
  const { options, number } = start;
  const { control, policies, counts, turn, stopReading } = parts;
  const secrets = deriveSecrets(start.pepper);
  const ids = new Ids();
  const slotBytes = control.slotBytes(number);
  return createChecker({
    control,
    policies,
    turn,
    ids,
    hasher: secrets.hasher,
    keyFormat: {
      prefix: options.keyPrefix,
      acceptedPatterns: options.keyPatterns.map(compileKeyPattern),
    },
    decoySecret: formatKey(options.keyPrefix, options.environment, ids.secret()),
    registry: openRegistryReader({
      path: ledgerPath(options.dataDirectory),
      rowMac: secrets.rowMac,
      onDamagedRow: (row) => {
        counts.rowMacMismatches += 1;
        tell({
          kind: 'log',
          level: 'error',
          event: 'registry_row_edited',
          facts: { table: row.table, id: row.id },
        });
      },
    }),
    settler: new LedgerClient({
      port: start.ledgerPort,
      queueMax: options.queueMax,
      itemsMax: options.groupMax,
    }),
    saltedHash,
    monoUs,
    slot: {
      enter: (call, startedMonoUs) => {
        // INVARIANT: before the watchdog may end this thread (docs/decisions/0005-evaluate-between-polls.md).
        stopReading();
        control.enterEvaluation(number, encodeSlot(call, slotBytes), startedMonoUs);
      },
      leave: () => control.leaveEvaluation(number),
    },
    environment: options.environment,
    ipv6PrefixBits: options.ipv6PrefixBits,
    answers: counts.answers,
    onPolicyFailure: (revision, problem) => counts.policyFailed(revision, problem, tell),
    onAnswer: (answer) => counts.answered(answer.reason),
  });
}

async function listen(start: EvaluatorStart, server: GrpcServer, port: number): Promise<FromEvaluator> {
  const addresses: string[] = [];
  let tcpPort = 0;
  try {
    if (start.socketPath !== null) {
      // The directory's lock is held, so a socket that nobody listens on was left behind.
      const address = { path: start.socketPath, mode: 0o660, removeStale: true };
      const path = start.socketPath;
      const onChange = (problem: string | null) => tell({ kind: 'socket', path, problem });
      await nameSetting('decision_unix', server.listenUnix('decision_unix', address, { onChange }));
      addresses.push(`unix:${path}`);
    }
    if (start.tcp !== null) {
      const { host } = start.tcp;
      const listening = server.listenTcp('decision_tcp', { ...start.tcp, port });
      tcpPort = await nameSetting('decision_tcp', listening);
      addresses.push(`${host.includes(':') ? `[${host}]` : host}:${tcpPort}`);
    }
    return { kind: 'listening', addresses, tcpPort };
  } catch (error) {
    const address = error instanceof ListenRefused ? error.address : '';
    return { kind: 'refused', address, message: error instanceof Error ? error.message : 'cannot listen' };
  }
}
