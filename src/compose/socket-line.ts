// What the log says of a unix socket whose file is gone: nobody finds it, and nobody else would say so.
import type { LogFacts } from '../ops/log.ts';

export interface SocketLine {
  readonly level: 'warn' | 'error';
  readonly event: string;
  readonly facts: LogFacts;
}

/** `problem`: why no caller finds it; null: they do again. */
export function socketLine(path: string, problem: string | null): SocketLine {
  if (problem === null) return { level: 'warn', event: 'socket_back', facts: { path } };
  return { level: 'error', event: 'socket_lost', facts: { path, problem } };
}
