// `postern audit verify`: asks a running sidecar, or reads the files of a directory where none runs any
// more. A log that is damaged keeps its sidecar from starting, so the second must need nothing but files.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { SidecarClient } from '../client/connect.ts';
import type { VerifyProgress, VerifyResult } from '../pdp/audit-port.ts';
import { type AdminOptions, adminCommand, withAdmin } from './connection.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { type Output, printable } from './output.ts';
import { ProgressBar } from './progress-bar.ts';
import type { Shell } from './shell.ts';
import { UsageError } from './usage-error.ts';

const PROGRESS_EVERY = 20_000;

const DATA_HELP =
  'read the log in this data directory, whether a sidecar runs or not (default: ask the sidecar)';

function printVerified(output: Output, result: VerifyResult, records: number): ExitCode {
  const { ok, logId, firstBadIndex, problem } = result;
  const root = ok ? Buffer.from(result.rootHash).toString('hex') : null;
  if (output.isJson) {
    output.json({
      ok,
      log_id: logId,
      records,
      root_hash: root,
      first_bad_index: firstBadIndex,
      problem,
    });
    return ok ? EXIT.done : EXIT.no;
  }
  output.line(
    ok
      ? output.tone('good', 'the log agrees with itself')
      : output.tone('bad', 'the log does NOT agree with itself'),
  );
  output.pairs([
    ['log', logId],
    [ok ? 'records' : 'records read', String(records)],
    ['root', root ?? ''],
    ['first bad record', firstBadIndex === null ? '' : String(firstBadIndex)],
    ['problem', printable(problem)],
  ]);
  output.remark(
    'A cut tail or a restored old copy is noticed only against a checkpoint kept elsewhere (a later part).',
  );
  return ok ? EXIT.done : EXIT.no;
}

async function showVerified(
  shell: Shell,
  output: Output,
  verify: (signal: AbortSignal) => AsyncIterable<VerifyProgress>,
): Promise<ExitCode> {
  const bar = new ProgressBar(shell.terminal.stderr, 'records');
  try {
    for await (const { records, logSize, result } of verify(shell.terminal.untilInterrupted())) {
      bar.show(records, logSize);
      if (result === null) continue;
      bar.clear();
      return printVerified(output, result, records);
    }
  } finally {
    bar.clear();
  }
  throw new Error('the verification ended without a result');
}

/** What the sidecar sends, in the form that the log's own reader has. */
async function* askSidecar(
  client: SidecarClient,
  signal: AbortSignal,
): AsyncGenerator<VerifyProgress, void, undefined> {
  const messages = client.audit.verify({ progressEvery: PROGRESS_EVERY }, { signal });
  for await (const { records, logSize, result } of messages) {
    const firstBad = result?.firstBadIndex ?? null;
    yield {
      records: Number(records),
      logSize: Number(logSize),
      result:
        result === null ? null : { ...result, firstBadIndex: firstBad === null ? null : Number(firstBad) },
    };
  }
}

async function verifyFiles(shell: Shell, output: Output, directory: string): Promise<ExitCode> {
  const log = await shell.ports.openStoredLog(resolve(shell.terminal.workingDirectory, directory));
  try {
    if (log.holder !== null) {
      output.remark(
        `A sidecar runs here (process ${log.holder}): its files are only read, up to the last record of now.`,
      );
    }
    return await showVerified(shell, output, (signal) => log.verify(PROGRESS_EVERY, signal));
  } finally {
    log.close();
  }
}

/** `audit verify`. */
export function verifyCommand(shell: Shell): Command {
  return adminCommand(
    'verify',
    'recompute the tree over all records and compare; exit code 1 when it does not agree',
    DATA_HELP,
  ).action((options: AdminOptions) => {
    const { data } = options;
    if (data === undefined) {
      return withAdmin(shell, options, (client, output) =>
        showVerified(shell, output, (signal) => askSidecar(client, signal)),
      );
    }
    if (data === '') throw new UsageError('--data needs the path of a directory');
    if (options.admin !== undefined)
      throw new UsageError('--data reads files and --admin asks a running sidecar: give one of them');
    return shell.run(options, (output) => verifyFiles(shell, output, data));
  });
}
