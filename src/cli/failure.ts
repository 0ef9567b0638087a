// Says what went wrong, for people or as JSON, without a stack: the reader did not write the program.
import type { CallError } from '../client/call-error.ts';
import { PosternError } from '../core/error.ts';
import { printable } from './output.ts';
import { UsageError } from './usage-error.ts';

/** An error as it is shown. */
export interface Failure {
  /** One of core's error codes, or `usage`, `config`, `unreachable`, `failed`. */
  readonly code: string;
  readonly message: string;
  /** What is wrong field by field, or what to try; one sentence each. */
  readonly details: readonly string[];
}

/** By its name: loading the client to recognise its error would load it for `serve`, too. */
export function isCallError(error: unknown): error is CallError {
  return error instanceof Error && error.name === 'CallError';
}

function systemCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code) ? error.code : '';
}

function callFailure(error: CallError): Failure {
  const faults = error.faults.map(({ field, problem }) => `${field}: ${problem}`);
  const facts = Object.entries(error.facts).map(([name, value]) => `${name}: ${value}`);
  return { code: error.code, message: error.message, details: [...faults, ...facts].map(printable) };
}

/** Any thrown value as a failure. */
export function failureOf(error: unknown): Failure {
  if (isCallError(error)) return callFailure(error);
  if (error instanceof UsageError) return { code: 'usage', message: error.message, details: [] };
  if (error instanceof PosternError) {
    const faults = error.faults.map(({ field, problem }) => `${field}: ${problem}`);
    return { code: error.code, message: error.message, details: faults };
  }
  if (!(error instanceof Error))
    return { code: 'failed', message: 'something failed without saying why', details: [] };
  if (error.name === 'Unreachable') {
    return {
      code: 'unreachable',
      message: printable(error.message),
      details: [
        'Is it running? `postern serve` starts one; --data, --config, --address and --admin say which one is meant.',
      ],
    };
  }
  if (error.name === 'ConfigError') {
    const [first = '', ...problems] = error.message.split('\n');
    return {
      code: 'config',
      message: first.replace(/:$/, ''),
      details: problems.map((problem) => problem.trim()),
    };
  }
  if (error.name === 'ListenRefused') return { code: 'cannot_listen', message: error.message, details: [] };
  const code = systemCode(error);
  return { code: code === '' ? 'failed' : code, message: error.message, details: [] };
}
