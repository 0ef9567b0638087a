// The ledger's thread of the null writer: src/compose/ledger.ts with one difference, a database that takes
// the log's rows and keeps none. Everything else is committed as configured.
import { parentPort, workerData } from 'node:worker_threads';
import type { FromLedger, LedgerStart } from '../../../src/compose/ledger.ts';
import { monoUs, wallUs } from '../../../src/ops/clock.ts';
import { Ids } from '../../../src/ops/ids.ts';
import { ControlBlock } from '../../../src/pdp/control-block.ts';
import { openWriter } from '../../../src/storage/database.ts';
import { Ledger } from '../../../src/storage/ledger.ts';
import { LedgerThread } from '../../../src/storage/ledger-thread.ts';
import { deriveSecrets } from '../../../src/storage/secrets.ts';
import type { SqlDatabase } from '../../../src/storage/sql-port.ts';

function withoutLog(database: SqlDatabase): SqlDatabase {
  return {
    prepare(sql) {
      const statement = database.prepare(sql);
      return sql.startsWith('INSERT INTO log(') ? { ...statement, run: () => 0 } : statement;
    },
    exec: (sql) => database.exec(sql),
    pragma: (source) => database.pragma(source),
    get inTransaction() {
      return database.inTransaction;
    },
    close: () => database.close(),
  };
}

function tell(message: FromLedger): void {
  parentPort?.postMessage(message);
}

const start = workerData as LedgerStart;
const control = ControlBlock.open(start.control, start.evaluators);
const ids = new Ids();
const ledger = new Ledger({
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
    openDatabase: (options) => withoutLog(openWriter(options)),
    onEvent: (event) => tell({ kind: 'event', event }),
  },
});
const { groupMax, queueMax } = start;
const onStopped = () => tell({ kind: 'stopped' });
const thread = new LedgerThread({ ledger, control, groupMax, queueMax, monoUs, onStopped });
thread.addPort(start.port);
tell({ kind: 'opened' });
