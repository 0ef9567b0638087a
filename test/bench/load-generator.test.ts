// The load generator against a real server: it says what came back, and that an answer was wrong.
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { LoadJob, Protocol } from '../../bench/driver/job.ts';
import { LoadGenerator } from '../../bench/run/load-generator.ts';
import { isServing } from '../../bench/servers/readiness.ts';
import { freeAddress, type RunningServer, startServer } from '../../bench/servers/server-process.ts';

const ECHO = fileURLToPath(new URL('../../bench/servers/echo-server.ts', import.meta.url));
const CALLS = 200;

async function startEcho(): Promise<RunningServer> {
  const address = await freeAddress();
  const server = await startServer({
    command: process.execPath,
    arguments: [ECHO, String(address.port)],
    directory: process.cwd(),
    address,
    isReady: isServing,
  });
  onTestFinished(() => server.stop());
  return server;
}

async function startGenerator(protocol: Protocol): Promise<LoadGenerator> {
  const workload = { protocol, keys: 100, draw: 'zipf', seed: 1, calls: CALLS, items: 1 } as const;
  const generator = await LoadGenerator.start(workload);
  onTestFinished(() => generator.close());
  return generator;
}

function jobFor({ pid, address }: RunningServer, over: Partial<LoadJob> = {}): LoadJob {
  const load = {
    connections: 2,
    inFlight: 16,
    callsPerSecond: null,
    warmUpMs: 20,
    measureMs: 200,
    firstCall: 0,
  };
  return { pid, address, ...load, ...over };
}

test('every answer of a server that is right is counted, with its time and the server’s CPU', async () => {
  const server = await startEcho();
  const generator = await startGenerator('echo');
  const result = await generator.run(jobFor(server));
  expect(result.wrongCalls).toBe(0);
  expect(result.calls).toBeGreaterThan(CALLS);
  expect(result.rightDecisions).toBe(result.calls);
  expect(result.allCalls).toBeGreaterThan(result.calls);
  expect(result.cpuSeconds).toBeGreaterThan(0);
  expect(result.latency.p50).toBeGreaterThan(0);
  expect(result.latency.p99).toBeGreaterThanOrEqual(result.latency.p50);
});

test('a server that answers something else has no right decision at all', async () => {
  const server = await startEcho();
  const generator = await startGenerator('postern-check');
  const result = await generator.run(jobFor(server));
  expect(result.allCalls).toBeGreaterThan(0);
  expect(result.wrongCalls).toBe(result.allCalls);
  expect(result.rightDecisions).toBe(0);
  expect(result.firstWrong).toMatch(/^req-\d+$/);
});

test('a paced run sends as many calls as it was told to', async () => {
  const server = await startEcho();
  const generator = await startGenerator('echo');
  const result = await generator.run(jobFor(server, { callsPerSecond: 500, measureMs: 400 }));
  expect(result.wrongCalls).toBe(0);
  // 20 ms of warm-up and 400 ms at 500 a second.
  expect(result.allCalls).toBe(210);
});

test('streams are echoed in their order', async () => {
  const server = await startEcho();
  const generator = await startGenerator('echo-stream');
  const result = await generator.run(jobFor(server));
  expect(result.wrongCalls).toBe(0);
  expect(result.rightDecisions).toBeGreaterThan(CALLS);
});

test('a server that goes away is a failure, not a slow server', async () => {
  const server = await startEcho();
  const generator = await startGenerator('echo');
  const run = expect(generator.run(jobFor(server, { measureMs: 10_000 }))).rejects.toThrow(
    /closed|goodbye|ECONNRE/,
  );
  await server.stop();
  await run;
});
