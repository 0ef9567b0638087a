// What doctor says about a data directory that another version of Postern wrote.
import { expect, test } from 'vitest';
import { openSeeded } from '../../test/support/ledger-world.ts';
import { probeMachine } from './probes.ts';

async function databaseFinding(dataDirectory: string) {
  const findings = await probeMachine({ dataDirectory, decision: '127.0.0.1:1', admin: 'unix:/nowhere' });
  return findings.find(({ name }) => name === 'database');
}

test('a database of an older format is all right: a start brings it to this one', async () => {
  const { world, ledger } = openSeeded();
  ledger.close();
  expect(await databaseFinding(world.dataDirectory)).toMatchObject({
    state: 'ok',
    detail: expect.stringMatching(/opens/),
  });
  world.edit('DROP TABLE charge_journal; PRAGMA user_version = 1');
  expect(await databaseFinding(world.dataDirectory)).toMatchObject({
    state: 'ok',
    detail: expect.stringMatching(/brought to this version when it starts/),
  });
});

test('a database of a newer format is not', async () => {
  const { world, ledger } = openSeeded();
  ledger.close();
  world.edit('PRAGMA user_version = 99');
  expect(await databaseFinding(world.dataDirectory)).toMatchObject({
    state: 'fail',
    detail: expect.stringMatching(/newer version/),
  });
});
