// A server that stops answering must end the benchmark, not hang it.
import type { LoadJob } from './job.ts';

const ANSWERS_MS_MAX = 10_000;

/** Calls back when answers are still missing long after the run. Cancel it when all are there. */
export function startAnswerDeadline(job: LoadJob, onMissing: (error: Error) => void): NodeJS.Timeout {
  const lateMs = job.warmUpMs + job.measureMs + ANSWERS_MS_MAX;
  return setTimeout(
    () => onMissing(new Error(`answers are missing ${ANSWERS_MS_MAX} ms after the run`)),
    lateMs,
  );
}
