// An open loop: calls leave at a fixed rate whether or not answers come back, and latency counts from when a
// call was due. A server that stalls is charged for every call that had to wait (no coordinated omission).
import { Worker } from 'node:worker_threads';
import type { PreparedCall } from '../workload/prepared-call.ts';
import { startAnswerDeadline } from './answer-deadline.ts';
import type { OpenTransport } from './closed-loop.ts';
import type { LoadJob, LoadResult } from './job.ts';
import { LoadRecord } from './load-record.ts';

/** Runs until the measured time is over and every call has come back. */
export async function runPacedLoop(
  job: LoadJob,
  calls: readonly PreparedCall[],
  open: OpenTransport,
): Promise<LoadResult> {
  const perSecond = job.callsPerSecond ?? 1;
  const record = new LoadRecord(job.pid);
  const ended = Promise.withResolvers<void>();
  /** When the call of each ticket was due. */
  const dueMs: number[] = [];
  const freeTickets: number[] = [];
  /** Id of the call of each ticket. */
  const callOf: string[] = [];
  let outstanding = 0;
  let isOver = false;
  const transport = await open({
    onLost: (problem) => ended.reject(new Error(problem)),
    onDone(ticket, rightDecisions) {
      const nowMs = performance.now();
      record.add(rightDecisions, nowMs - (dueMs[ticket] ?? nowMs), callOf[ticket] ?? '');
      freeTickets.push(ticket);
      outstanding -= 1;
      if (isOver && outstanding === 0) ended.resolve();
    },
  });
  const beginMs = performance.now();
  const warmMs = beginMs + job.warmUpMs;
  const overMs = warmMs + job.measureMs;
  let due = 0;
  function sendDue(): void {
    const nowMs = performance.now();
    if (!record.isMeasuring && !isOver && nowMs >= warmMs) record.begin();
    for (;;) {
      const atMs = beginMs + (due * 1_000) / perSecond;
      if (atMs > nowMs || atMs >= overMs) break;
      // Servers bound the calls of a connection. What must wait for that is due all the same.
      if (outstanding >= job.inFlight) break;
      const call = calls[(job.firstCall + due) % calls.length];
      if (call === undefined) break;
      const ticket = freeTickets.pop() ?? dueMs.length;
      dueMs[ticket] = atMs;
      callOf[ticket] = call.id;
      due += 1;
      outstanding += 1;
      transport.send(ticket, call);
    }
    transport.flush();
    if (nowMs >= overMs && !isOver) {
      isOver = true;
      record.end();
      if (outstanding === 0) ended.resolve();
    }
  }
  const pacer = new Worker(new URL('./pacer-thread.ts', import.meta.url), {
    workerData: { intervalMs: 1_000 / perSecond },
  });
  pacer.on('message', sendDue);
  pacer.on('error', (error) => ended.reject(error));
  const deadline = startAnswerDeadline(job, ended.reject);
  try {
    await ended.promise;
    return record.result();
  } finally {
    clearTimeout(deadline);
    await pacer.terminate();
    transport.close();
  }
}
