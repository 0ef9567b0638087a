/**
 * The ledger alone: durable records a second in groups, with counters and leaves in their final form, and
 * the way there and back of one call at a time. `node bench/ledger.ts [records]`.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, MessageChannel, type MessagePort, Worker, workerData } from 'node:worker_threads';
import { planLimits } from '../src/core/limit-charges.ts';
import { monoUs, wallUs } from '../src/ops/clock.ts';
import { Ids } from '../src/ops/ids.ts';
import { ControlBlock } from '../src/pdp/control-block.ts';
import type { SettleCall } from '../src/pdp/settle-port.ts';
import { type Durability, openWriter } from '../src/storage/database.ts';
import { Ledger } from '../src/storage/ledger.ts';
import { LedgerClient } from '../src/storage/ledger-client.ts';
import { decodeCalls, joinCalls } from '../src/storage/ledger-messages.ts';
import { LedgerThread } from '../src/storage/ledger-thread.ts';
import { deriveSecrets } from '../src/storage/secrets.ts';
import { encodeCall } from '../src/storage/settle-codec.ts';
import { encodeResults } from '../src/storage/settle-result-codec.ts';

const KEYS = 1_000;
const COMPANIES = 100;
const GROUP_MAX = 512;

interface WorkerStart {
  readonly directory: string;
  readonly durability: Durability;
  readonly control: SharedArrayBuffer;
  readonly port: MessagePort;
}

const HASH = 'a'.repeat(64);
const SALT = 'b'.repeat(32);
const PLAN = {
  key: { name: 'key_per_minute', subject: 'key', count: 1_000_000, periodMs: 60_000, burst: 1_000_000 },
  company: {
    name: 'company_per_hour',
    subject: 'company',
    count: 90_000_000,
    periodMs: 3_600_000,
    burst: 90_000_000,
  },
} as const;

const { base } = planLimits(PLAN);

/** A call as an evaluator makes it: one item, two base limits, four commitments. */
function newCall(number: number): SettleCall {
  const key = number % KEYS;
  const keyId = `key_019a0000-0000-7000-8000-${String(key).padStart(12, '0')}`;
  const companyId = `cmp_${String(key % COMPANIES).padStart(6, '0')}`;
  const check = `{"authentication":"ok","claims":0,"commitments":{"resource_id":"${HASH}","source_ip":"${HASH}","user_agent":"${HASH}"},"company_id":"${companyId}","correlation_id":null,"environment":"live","evaluated_at":"1767225600000000","host":"unauthenticated","key_id":"${keyId}","listener":"decision_tcp","operation":"payments.create","request_id":"req_${number}","resource_type":"payment","revision":"${HASH}"}`;
  return {
    deadlineMonoUs: 0,
    epoch: 0,
    generation: 0,
    subject: {
      keySeq: key + 1,
      keyId,
      keyVersion: 1,
      companyId,
      companyVersion: 1,
      notBeforeUs: null,
      expiresAtUs: null,
    },
    sourceBucket: '192.0.2.1',
    base,
    items: [
      {
        decisionId: `dec_${randomUUID()}`,
        reason: 'allowed',
        check,
        policy:
          '{"code":null,"cost":1,"evaluation_us":40,"flags":[],"labels":{},"obligations":[],"reason":"allowed"}',
        private: `{"resource_id":{"salt":"${SALT}","value":"pay_1"},"source_ip":{"salt":"${SALT}","value":"192.0.2.1"},"user_agent":{"salt":"${SALT}","value":"example/1.0"}}`,
        named: [],
      },
    ],
  };
}

function openLedger(directory: string, durability: Durability, control: ControlBlock): Ledger {
  const ids = new Ids();
  return new Ledger({
    dataDirectory: directory,
    durability,
    software: 'postern bench',
    secrets: deriveSecrets(Buffer.alloc(32, 7)),
    rules: {
      sourceFailures: { count: 60, periodMs: 60_000, burst: 60 },
      overLimitPerSecondPerKey: 10,
      windowIdleMs: 10_000,
      windowLengthMsMax: 300_000,
    },
    clock: { jumpMaxMs: 300_000, restartJumpMaxMs: 7 * 86_400_000 },
    control,
    world: { wallUs, monoUs, ids, newLogId: () => ids.salt(), openDatabase: openWriter, onEvent: () => {} },
  });
}

function withDirectory<T>(use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  try {
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Groups on one thread, messages decoded and answers encoded as the ledger's thread does. */
function benchGroups(durability: Durability, groupSize: number, records: number): void {
  withDirectory((directory) => {
    const ledger = openLedger(directory, durability, ControlBlock.create(1));
    const messages: string[] = [];
    for (let at = 0; at < records; at += groupSize) {
      messages.push(
        joinCalls(Array.from({ length: groupSize }, (_, place) => encodeCall(newCall(at + place)))),
      );
    }
    const cpu = process.cpuUsage();
    const startUs = monoUs();
    for (const message of messages) {
      const calls = decodeCalls(message);
      const answers = ledger.settle(calls.map((call) => ({ kind: 'settle', call })));
      encodeResults(answers.map((answer) => (answer.kind === 'settle' ? answer.result : { state: 'moved' })));
    }
    const elapsedUs = monoUs() - startUs;
    const used = process.cpuUsage(cpu);
    const settled = ledger.report().logSize - 1;
    const rate = Math.round((settled / elapsedUs) * 1e6);
    console.log(
      `groups of ${groupSize}, ${durability}: ${rate} records/s, ${((used.user + used.system) / settled).toFixed(2)} us CPU a record`,
    );
    ledger.close();
  });
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Through a thread and back, with so many calls in flight. */
async function benchRoundTrip(durability: Durability, inFlight: number, calls: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  const control = ControlBlock.create(1);
  const { port1, port2 } = new MessageChannel();
  const start: WorkerStart = { directory, durability, control: control.buffer, port: port2 };
  const worker = new Worker(new URL(import.meta.url), { workerData: start, transferList: [port2] });
  const client = new LedgerClient({ port: port1, queueMax: 10_000, itemsMax: GROUP_MAX });
  await client.report();
  const times: number[] = [];
  let next = 0;
  const run = async () => {
    while (next < calls) {
      const call = newCall(next++);
      const startUs = monoUs();
      const result = await client.settle(call);
      times.push(monoUs() - startUs);
      if (result.state !== 'settled') throw new Error(`not settled: ${result.state}`);
    }
  };
  const startUs = monoUs();
  const cpu = process.threadCpuUsage();
  await Promise.all(Array.from({ length: inFlight }, run));
  const elapsedUs = monoUs() - startUs;
  const own = process.threadCpuUsage(cpu);
  await client.stop();
  await worker.terminate();
  rmSync(directory, { recursive: true, force: true });
  const sorted = times.toSorted((one, other) => one - other);
  const line = [0.5, 0.99, 0.999].map((share) => Math.round(percentile(sorted, share))).join(' / ');
  console.log(
    `round trip, ${inFlight} in flight, ${durability}: p50 / p99 / p99.9 = ${line} us, ${Math.round((calls / elapsedUs) * 1e6)} calls/s, client ${((own.user + own.system) / calls).toFixed(2)} us CPU a call`,
  );
}

function runWorker(start: WorkerStart): void {
  const control = ControlBlock.open(start.control, 1);
  const ledger = openLedger(start.directory, start.durability, control);
  const thread = new LedgerThread({
    ledger,
    control,
    groupMax: GROUP_MAX,
    queueMax: 10_000,
    monoUs,
    onStopped: () => {},
  });
  thread.addPort(start.port);
}

if (isMainThread) {
  const records = Number(process.argv[2] ?? 128_000);
  for (const durability of ['process', 'disk'] as const) {
    benchGroups(durability, 64, records);
    benchGroups(durability, 8, records / 4);
  }
  for (const durability of ['process', 'disk'] as const) {
    await benchRoundTrip(durability, 1, 4_000);
    await benchRoundTrip(durability, 64, 40_000);
  }
} else {
  runWorker(workerData as WorkerStart);
}
