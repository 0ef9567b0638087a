// Keeps open windows durable: what they have counted stands in the same commit as the answers, so that
// a crash loses no count.
import type { GroupPlan } from '../pdp/settle-plan.ts';
import type { OpenWindow } from '../pdp/settle-view.ts';
import type { SqlDatabase, SqlStatement } from './sql-port.ts';

/** Prepared writes for windows. Lives as long as its connection. */
export class WindowWriter {
  readonly #open: SqlStatement;
  readonly #count: SqlStatement;
  readonly #close: SqlStatement;
  readonly #closeCounts: SqlStatement;

  constructor(database: SqlDatabase) {
    this.#open = database.prepare(
      'INSERT INTO windows(window_id, kind, key_id, company_id, opened_at_us) VALUES (?, ?, ?, ?, ?)',
    );
    this.#count = database.prepare(
      `INSERT INTO window_counts(window_id, key_id, reason, count) VALUES (?, ?, ?, ?)
       ON CONFLICT(window_id, key_id, reason) DO UPDATE SET count = excluded.count`,
    );
    this.#close = database.prepare('DELETE FROM windows WHERE window_id = ?');
    this.#closeCounts = database.prepare('DELETE FROM window_counts WHERE window_id = ?');
  }

  write(plan: GroupPlan): void {
    for (const window of plan.windowsClosed) {
      this.#closeCounts.run(window.windowId);
      this.#close.run(window.windowId);
    }
    for (const { window, state } of plan.windows.values()) {
      if (state === 'closed') continue;
      if (state === 'opened') {
        this.#open.run(window.windowId, window.kind, window.keyId, window.companyId, window.openedAtUs);
      }
      this.#writeCounts(window, plan.view.windows.get(window.subject));
    }
  }

  /** Counts are replaced when they change, so those that are the same objects stand already. */
  #writeCounts(window: OpenWindow, committed: OpenWindow | undefined): void {
    const known = committed?.windowId === window.windowId ? committed.counts : [];
    for (const [place, count] of window.counts.entries()) {
      if (known[place] === count) continue;
      this.#count.run(window.windowId, count.keyId ?? '', count.reason, count.count);
    }
  }
}
