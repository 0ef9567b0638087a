// The sidecar's own log: JSON lines for noteworthy events, none for an allowed check. Every field goes
// through the allow-list of log-fields.ts, so that a secret can never be logged by mistake.
import { pino } from 'pino';
import { LineWriter } from './line-writer.ts';
import { allowedFacts, type LogField, redactText } from './log-fields.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
/** Facts of one line, flat. */
export type LogFacts = Readonly<Partial<Record<LogField, string | number | boolean | readonly string[]>>>;

export interface LogOptions {
  readonly level: LogLevel | 'silent';
  /** Gets whole lines. */
  readonly sink: LogSink;
}

/** Where lines go. */
export interface LogSink {
  write(line: string): void;
}

/** A reader that is there takes what is left at once. */
const END_MS_MAX = 1_000;

/** The log's own gap, in the form of its other lines. */
function lostLine(count: number): string {
  return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), event: 'log_lines_lost', count })}\n`;
}

/** Standard output, written in the background. `end` waits for what is left, but not for long. */
export function standardOutputSink(): LogSink & { end(): Promise<void> } {
  // Asking for the stream is what makes a pipe a non-blocking one.
  const writer = new LineWriter({ fd: process.stdout.fd, lostLine });
  return { write: (line) => writer.write(line), end: () => writer.idle(END_MS_MAX) };
}

/** Writes events. Event names are lower-case words joined by `_`. */
export class Log {
  readonly #pino: pino.Logger;

  constructor(options: LogOptions) {
    this.#pino = pino(
      {
        level: options.level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      options.sink,
    );
  }

  write(level: LogLevel, event: string, facts: LogFacts = {}): void {
    this.#pino[level]({ event: redactText(event), ...allowedFacts(facts) });
  }

  /** An error of the program: its name, code, message and stack, redacted. Causes are not followed. */
  failure(event: string, error: unknown, facts: LogFacts = {}): void {
    const isError = error instanceof Error;
    const code = isError && 'code' in error ? String(error.code) : '';
    this.write('error', event, {
      ...facts,
      problem: isError ? `${error.name}: ${error.message}` : 'something that is no Error was thrown',
      ...(code === '' ? {} : { code }),
      ...(isError && error.stack !== undefined ? { stack: error.stack } : {}),
    });
  }
}
