// The log of a data directory for who has no sidecar to ask: after damage none starts. It opens the ledger's
// database for reading only, with what a killed process left in its WAL, and no index.
import { rmSync, statSync } from 'node:fs';
import { PosternError } from '../../core/error.ts';
import type { VerifyProgress } from '../../pdp/audit-port.ts';
import { ledgerPath } from '../create-ledger.ts';
import { holderOfDirectory, whileNobodyHolds } from '../data-directory.ts';
import { LEDGER_FILE } from '../ledger-schema.ts';
import { ledgerExists } from '../prepare-data.ts';
import { LogSource } from './log-source.ts';
import { verifyLog } from './log-verify.ts';
import { reading } from './read-error.ts';

/** Call it in a process that holds no data directory: it opens the lock's file, and closes it. */
export function openStoredLog(dataDirectory: string): {
  readonly holder: string | null;
  verify(progressEvery: number, signal: AbortSignal): AsyncIterable<VerifyProgress>;
  close(): void;
} {
  if (!ledgerExists(dataDirectory)) {
    throw new PosternError(
      'storage_unavailable',
      `There is no log in ${dataDirectory}: it holds no ${LEDGER_FILE}. Nothing was made there.`,
      { facts: { problem: 'log_missing' } },
    );
  }
  const hadWal = walBytes(dataDirectory) !== null;
  const removeWal = () => {
    if (!hadWal) removeOurWal(dataDirectory);
  };
  const log = openLog(dataDirectory, removeWal);
  return {
    holder: holderOfDirectory(dataDirectory),
    verify: (progressEvery, signal) => reading(verifyLog(log, progressEvery, signal)),
    close: () => {
      log.close();
      removeWal();
    },
  };
}

function openLog(dataDirectory: string, onRefused: () => void): LogSource {
  try {
    return LogSource.open(dataDirectory);
  } catch (error) {
    onRefused();
    if (!(error instanceof PosternError) || error.facts['problem'] !== 'database_unopened') throw error;
    throw new PosternError(
      'storage_unavailable',
      `${LEDGER_FILE} cannot be opened. SQLite needs to make files beside it: where that is not allowed, verify a copy of the whole directory.`,
      { cause: error, facts: error.facts },
    );
  }
}

/** Size of the WAL; null: there is none. */
function walBytes(dataDirectory: string): number | null {
  return statSync(`${ledgerPath(dataDirectory)}-wal`, { throwIfNoEntry: false })?.size ?? null;
}

/**
 * A reader makes an empty WAL where a clean stop left none, and cannot remove it again. Somebody else's, who
 * reads as another user, would keep the sidecar from starting. One that has anything in it is never ours.
 */
function removeOurWal(dataDirectory: string): void {
  whileNobodyHolds(dataDirectory, () => {
    if (walBytes(dataDirectory) !== 0) return;
    for (const suffix of ['-wal', '-shm']) rmSync(`${ledgerPath(dataDirectory)}${suffix}`, { force: true });
  });
}
