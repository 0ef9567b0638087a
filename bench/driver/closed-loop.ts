// A closed loop: so many calls are in flight, and each answer sends the next call. Says how fast a server can
// be; its latencies say little, because a slow server is asked less.
import type { PreparedCall } from '../workload/prepared-call.ts';
import { startAnswerDeadline } from './answer-deadline.ts';
import type { LoadJob, LoadResult } from './job.ts';
import { LoadRecord } from './load-record.ts';
import type { Transport, TransportEvents } from './transport.ts';

export type OpenTransport = (events: TransportEvents) => Promise<Transport>;

/** Runs until the measured time is over and every call has come back. */
export async function runClosedLoop(
  job: LoadJob,
  calls: readonly PreparedCall[],
  open: OpenTransport,
): Promise<LoadResult> {
  const record = new LoadRecord(job.pid);
  const ended = Promise.withResolvers<void>();
  const startedMs = new Float64Array(job.inFlight);
  /** Id of the call of each ticket. */
  const callOf: string[] = [];
  let next = job.firstCall;
  let outstanding = 0;
  let isOver = false;
  const transport = await open({
    onLost: (problem) => ended.reject(new Error(problem)),
    onDone(ticket, rightDecisions) {
      const nowMs = performance.now();
      record.add(rightDecisions, nowMs - (startedMs[ticket] ?? nowMs), callOf[ticket] ?? '');
      outstanding -= 1;
      if (!isOver) send(ticket, nowMs);
      else if (outstanding === 0) ended.resolve();
    },
  });
  function send(ticket: number, nowMs: number): void {
    const call = calls[next % calls.length];
    if (call === undefined) return;
    next += 1;
    startedMs[ticket] = nowMs;
    callOf[ticket] = call.id;
    outstanding += 1;
    transport.send(ticket, call);
  }
  const warm = setTimeout(() => record.begin(), job.warmUpMs);
  const over = setTimeout(() => {
    record.end();
    isOver = true;
  }, job.warmUpMs + job.measureMs);
  const deadline = startAnswerDeadline(job, ended.reject);
  try {
    for (let ticket = 0; ticket < job.inFlight; ticket += 1) send(ticket, performance.now());
    transport.flush();
    await ended.promise;
    return record.result();
  } finally {
    clearTimeout(deadline);
    clearTimeout(warm);
    clearTimeout(over);
    transport.close();
  }
}
