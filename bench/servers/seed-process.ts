// Fills an empty data directory with the companies and keys of a run, row by row as the ledger would write
// them (lookup hash, row MAC) but without asking it: a million CreateKey calls would take longer than the
// benchmark. Run with the directory and the number of keys as its arguments.
import { openDataDirectory } from '../../src/compose/data-secrets.ts';
import { wallUs } from '../../src/ops/clock.ts';
import { Ids } from '../../src/ops/ids.ts';
import { ControlBlock } from '../../src/pdp/control-block.ts';
import { createLedger, ledgerPath } from '../../src/storage/create-ledger.ts';
import { openWriter } from '../../src/storage/database.ts';
import { LEDGER_PLAN } from '../../src/storage/ledger-schema.ts';
import { COMPANY_COLUMNS, encodeCompany, encodeKey, KEY_COLUMNS } from '../../src/storage/registry-row.ts';
import { RowBatch } from '../../src/storage/row-batch.ts';
import { deriveSecrets, SCHEME_ID, type Secrets } from '../../src/storage/secrets.ts';
import type { SqlDatabase, SqlValue } from '../../src/storage/sql-port.ts';
import { transact } from '../../src/storage/transact.ts';
import {
  benchCompanyCount,
  benchCompanyRecord,
  benchKeyRecord,
  benchKeyText,
} from '../workload/bench-registry.ts';

const ROWS_OF_TRANSACTION = 20_000;
/** Indexes on hashes are written all over: they stay in memory until the end. */
const CACHE_KIB = 1_048_576;

function createEmpty(dataDirectory: string): Secrets {
  const secrets = deriveSecrets(openDataDirectory(dataDirectory));
  const ids = new Ids();
  createLedger({
    dataDirectory,
    durability: 'process',
    software: 'postern bench',
    secrets,
    rules: {
      sourceFailures: { count: 60, periodMs: 60_000, burst: 20 },
      overLimitPerSecondPerKey: 10,
      windowIdleMs: 10_000,
      windowLengthMsMax: 300_000,
    },
    clock: { jumpMaxMs: 300_000, restartJumpMaxMs: 86_400_000 },
    control: ControlBlock.create(1),
    world: {
      wallUs,
      monoUs: () => 0,
      ids,
      newLogId: () => ids.salt(),
      openDatabase: openWriter,
      onEvent: () => undefined,
    },
  });
  return secrets;
}

function fill(
  database: SqlDatabase,
  table: 'companies' | 'keys',
  count: number,
  rowOf: (row: number) => SqlValue[],
) {
  const columns = table === 'keys' ? KEY_COLUMNS : COMPANY_COLUMNS;
  const batch = new RowBatch(database, {
    insert: `INSERT INTO ${table}(${columns.join(', ')})`,
    columns: columns.length,
    onConflict: '',
  });
  for (let start = 0; start < count; start += ROWS_OF_TRANSACTION) {
    transact(database, () => {
      const values: SqlValue[] = [];
      for (let row = start; row < Math.min(count, start + ROWS_OF_TRANSACTION); row += 1)
        values.push(...rowOf(row));
      batch.write(values);
    });
  }
}

function seed(dataDirectory: string, keys: number): void {
  const { hasher, rowMac } = createEmpty(dataDirectory);
  const database = openWriter({ path: ledgerPath(dataDirectory), plan: LEDGER_PLAN, durability: 'process' });
  database.pragma('synchronous = OFF');
  database.pragma(`cache_size = -${CACHE_KIB}`);
  fill(database, 'companies', benchCompanyCount(keys), (row) =>
    encodeCompany(benchCompanyRecord(row), rowMac),
  );
  fill(database, 'keys', keys, (row) => {
    const key = {
      seq: row + 1,
      lookup: hasher.newLookup(benchKeyText(row)),
      schemeId: SCHEME_ID,
      requestId: `seed-${row}`,
      record: benchKeyRecord(row),
    };
    return encodeKey(key, rowMac);
  });
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

const [directory = '', keys = ''] = process.argv.slice(2);
seed(directory, Number(keys));
