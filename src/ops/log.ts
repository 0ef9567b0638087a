// The sidecar's own log: JSON lines for noteworthy events, none for an allowed check. Every field goes
// through the allow-list of log-fields.ts, so that a secret can never be logged by mistake.
import { pino } from 'pino';
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

/** Lines held for a reader that is slow; further ones are dropped rather than held up or grown. */
const HELD_BYTES_MAX = 1_048_576;

/** Standard output, written in the background. `flush` writes what is held, at the end. */
export function standardOutputSink(): LogSink & { flush(): void } {
  const destination = pino.destination({ dest: 1, sync: false, maxLength: HELD_BYTES_MAX });
  return {
    write: (line) => void destination.write(line),
    flush: () => {
      try {
        destination.flushSync();
      } catch {
        // The reader is gone, or nothing was ever opened: there is nobody to tell.
      }
    },
  };
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
