// Reads a key from a file, the environment or standard input. Never from the command line, and never
// echoed: messages say where, not what.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CREDENTIAL_BYTES_MAX } from '../core/request.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** Far above any key; what is longer is some other file. */
const SOURCE_BYTES_MAX = 4_096;

export interface KeySourceOptions {
  /** A path, or `-` for standard input. */
  readonly keyFile?: string;
  /** False: the check is made without a credential. */
  readonly key?: boolean;
}

/** The first line, without what editors leave around it. */
function firstLine(text: string, from: string): string {
  const line = text.split(/\r?\n/, 1)[0]?.trim() ?? '';
  if (line === '') throw new UsageError(`there is no key in ${from}`);
  if (Buffer.byteLength(line) > CREDENTIAL_BYTES_MAX) {
    throw new UsageError(`what is in ${from} is no key: it has more than ${CREDENTIAL_BYTES_MAX} bytes`);
  }
  return line;
}

function fromFile(file: string, workingDirectory: string): string {
  let text: string;
  try {
    text = readFileSync(resolve(workingDirectory, file), 'utf8').slice(0, SOURCE_BYTES_MAX);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UsageError(`the key file ${file} cannot be read (${code})`);
  }
  return firstLine(text, file);
}

async function fromStandardInput(terminal: Terminal): Promise<string> {
  let text = '';
  for await (const chunk of terminal.stdin) {
    text += String(chunk);
    if (text.includes('\n') || text.length > SOURCE_BYTES_MAX) break;
  }
  return firstLine(text, 'standard input');
}

/** The key, or null when the check is to be made without one. */
export async function readKey(options: KeySourceOptions, terminal: Terminal): Promise<string | null> {
  if (options.key === false) return null;
  if (options.keyFile === '-') return fromStandardInput(terminal);
  if (options.keyFile !== undefined) return fromFile(options.keyFile, terminal.workingDirectory);
  const fromEnvironment = terminal.env['POSTERN_KEY'];
  if (fromEnvironment !== undefined && fromEnvironment !== '')
    return firstLine(fromEnvironment, 'POSTERN_KEY');
  if (terminal.stdin.isTTY === true) {
    throw new UsageError(
      'no key was given: use --key-file, POSTERN_KEY or standard input, or --no-key for none',
    );
  }
  return fromStandardInput(terminal);
}
