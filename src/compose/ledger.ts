// The ledger thread: the only writer, put together. It must never be terminated from outside: it closes its
// database itself when it is told to stop.
import { type MessagePort, parentPort } from 'node:worker_threads';
import type { ClockBounds } from '../core/clock.ts';
import { PosternError } from '../core/error.ts';
import { monoUs, wallUs } from '../ops/clock.ts';
import { Ids } from '../ops/ids.ts';
import { ControlBlock } from '../pdp/control-block.ts';
import type { SettleRules } from '../pdp/settle-view.ts';
import { type Durability, openWriter } from '../storage/database.ts';
import { Ledger } from '../storage/ledger.ts';
import type { LedgerEvent } from '../storage/ledger-options.ts';
import { LEDGER_FILE } from '../storage/ledger-schema.ts';
import { LedgerThread } from '../storage/ledger-thread.ts';
import { deriveSecrets } from '../storage/secrets.ts';
import { isDamage } from '../storage/sql-error.ts';

/** Handed to the ledger thread. */
export interface LedgerStart {
  readonly role: 'ledger';
  /** The main thread's own client. Others are connected through it. */
  readonly port: MessagePort;
  readonly control: SharedArrayBuffer;
  readonly evaluators: number;
  readonly dataDirectory: string;
  readonly durability: Durability;
  /** Name and version of the program. */
  readonly software: string;
  readonly pepper: Uint8Array;
  readonly rules: SettleRules;
  readonly clock: ClockBounds;
  readonly groupMax: number;
  readonly queueMax: number;
}

export type FromLedger =
  | { readonly kind: 'opened' }
  | {
      readonly kind: 'refused';
      readonly code: PosternError['code'];
      readonly message: string;
      readonly facts: PosternError['facts'];
    }
  | { readonly kind: 'event'; readonly event: LedgerEvent }
  | { readonly kind: 'stopped' };

function tell(message: FromLedger): void {
  parentPort?.postMessage(message);
}

/** Runs until it is told to stop through its port. */
export function runLedger(start: LedgerStart): void {
  const control = ControlBlock.open(start.control, start.evaluators);
  try {
    const ledger = openLedger(start, control);
    const thread = new LedgerThread({
      ledger,
      control,
      groupMax: start.groupMax,
      queueMax: start.queueMax,
      monoUs,
      onStopped: () => tell({ kind: 'stopped' }),
    });
    thread.addPort(start.port);
    tell({ kind: 'opened' });
  } catch (error) {
    const refusal = refusalOf(error);
    tell({ kind: 'refused', code: refusal.code, message: refusal.message, facts: refusal.facts });
    start.port.close();
  }
}

/** Damage that only shows when a row is read comes from SQLite, in words that tell nobody what to do. */
function refusalOf(error: unknown): PosternError {
  if (error instanceof PosternError) return error;
  if (!isDamage(error)) throw error;
  return new PosternError(
    'storage_damaged',
    `${LEDGER_FILE} is damaged. Keep the files as they are and restore a backup into an empty directory; \`postern audit verify --data <directory>\` says how far the log can be read.`,
    { cause: error, facts: { problem: 'database_damaged' } },
  );
}

function openLedger(start: LedgerStart, control: ControlBlock): Ledger {
  const ids = new Ids();
  return new Ledger({
    dataDirectory: start.dataDirectory,
    durability: start.durability,
    software: start.software,
    secrets: deriveSecrets(start.pepper),
    rules: start.rules,
    clock: start.clock,
    control,
    world: {
      wallUs,
      monoUs,
      ids,
      newLogId: () => ids.salt(),
      openDatabase: openWriter,
      onEvent: (event) => tell({ kind: 'event', event }),
    },
  });
}
