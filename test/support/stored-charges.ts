// Counters and last uses as a reader of the files finds them: the tables, and over them what the journal
// of charges has not given to the tables yet. Written from docs/decisions/0015, not from the code.
import type { LedgerWorld } from './ledger-world.ts';

export interface StoredCharges {
  /** TAT by counter. */
  readonly counters: ReadonlyMap<string, number>;
  /** TAT and last use by the key's row number. */
  readonly uses: ReadonlyMap<number, readonly [tatUs: number, lastUsedUs: number]>;
}

export function storedCharges(world: LedgerWorld): StoredCharges {
  const counters = new Map<string, number>();
  for (const [id, tatUs] of world.rows('SELECT id, tat_us FROM counters'))
    counters.set(String(id), Number(tatUs));
  const uses = new Map<number, readonly [number, number]>();
  for (const row of world.rows('SELECT key_seq, tat_us, last_used_us FROM key_use'))
    uses.set(Number(row[0]), [Number(row[1]), Number(row[2])]);
  for (const row of world.rows('SELECT uses, counters FROM charge_journal ORDER BY seq')) {
    const numbers = JSON.parse(String(row[0])) as number[];
    for (let at = 0; at < numbers.length; at += 3)
      uses.set(numbers[at] ?? 0, [numbers[at + 1] ?? 0, numbers[at + 2] ?? 0]);
    const pairs = JSON.parse(String(row[1])) as (string | number)[];
    for (let at = 0; at < pairs.length; at += 2) counters.set(String(pairs[at]), Number(pairs[at + 1]));
  }
  return { counters, uses };
}
