// What a command prints: tables and sentences for people, or JSON for machines, never both. Results go
// to standard output, remarks and errors to standard error. Colours only where somebody looks.
import Table from 'cli-table3';
import type { Terminal, TextSink } from './terminal.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'strong';

const CODES: Readonly<Record<Tone, string>> = { good: '32', bad: '31', warn: '33', dim: '2', strong: '1' };

/** No borders: a table is read, copied and piped. */
const PLAIN_FRAME = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Text from elsewhere (labels, messages) must not steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}|\p{Cf}|[\u2028\u2029]/gu, '\uFFFD');
}

/** Prints results in one of two forms. */
export class Output {
  readonly isJson: boolean;
  readonly #terminal: Terminal;

  constructor(terminal: Terminal, isJson: boolean) {
    this.#terminal = terminal;
    this.isJson = isJson;
  }

  /** One value as one line of JSON. */
  json(value: unknown): void {
    this.#terminal.stdout.write(`${JSON.stringify(value)}\n`);
  }

  line(text = ''): void {
    this.#terminal.stdout.write(`${text}\n`);
  }

  /** A remark that is no part of the result. */
  remark(text: string): void {
    this.#terminal.stderr.write(`${text}\n`);
  }

  /** A table with a heading, or a remark that it would be empty. Cells are texts of ours or made printable. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    if (rows.length === 0) {
      this.remark('There are none.');
      return;
    }
    const table = new Table({
      head: head.map((text) => this.tone('dim', text)),
      chars: PLAIN_FRAME,
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    });
    for (const row of rows) table.push([...row]);
    const text = table.toString().replaceAll(/ +$/gm, '');
    this.#terminal.stdout.write(`${text}\n`);
  }

  /** Names and values, one pair a line. */
  pairs(pairs: readonly (readonly [name: string, value: string])[]): void {
    const width = Math.max(0, ...pairs.map(([name]) => name.length));
    for (const [name, value] of pairs) {
      if (value !== '') this.line(`${this.tone('dim', name.padEnd(width))}  ${value}`);
    }
  }

  /** The text in a colour, where standard output shows colours. */
  tone(tone: Tone, text: string): string {
    return showsColours(this.#terminal.stdout, this.#terminal.env)
      ? `\u001b[${CODES[tone]}m${text}\u001b[0m`
      : text;
  }
}

/** Whether a sink shows colours (https://no-color.org). */
export function showsColours(sink: TextSink, env: Readonly<Record<string, string | undefined>>): boolean {
  return sink.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}
