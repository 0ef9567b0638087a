// A start over a ledger whose last record is days old: with the settings that a sidecar has when nobody says
// otherwise, a short rest is believed and logged, a long one waits until an admin accepts the time.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqlite } from '../../src/storage/sqlite.ts';
import { newPlace, type RunningSidecar, startSidecar } from '../support/sidecar.ts';

const DAY_MS = 86_400_000;

/** A sidecar that was off for so many days, as far as its ledger can tell. */
async function startedAfter(days: number): Promise<RunningSidecar> {
  const place = await newPlace();
  await (await startSidecar(place)).stop();
  const ledger = openSqlite(join(place.dataDirectory, 'ledger.db'), { mode: 'write' });
  ledger.exec(`UPDATE head SET clock_us = clock_us - ${days * DAY_MS * 1_000}`);
  ledger.close();
  return startSidecar(place);
}

test('after six days the machine is believed, and the log says by how much', async () => {
  const sidecar = await startedAfter(6);
  const adopted = await sidecar.launched.untilLogged('clock_leap_adopted');
  expect(adopted.level).toBe('warn');
  expect(Number(adopted['adopted_ms']) / DAY_MS).toBeCloseTo(6, 1);
  expect(await sidecar.ops('/readyz')).toMatchObject({ status: 200 });
});

test('after eight days the sidecar is not ready until the time was accepted', async () => {
  const sidecar = await startedAfter(8);
  const pending = await sidecar.launched.untilLogged('clock_jump_pending');
  expect(Number(pending['wall_offset_ms']) / DAY_MS).toBeCloseTo(8, 1);
  expect(await sidecar.ops('/readyz')).toMatchObject({ status: 503 });
  const { clock } = await sidecar.admin.system.acceptClock({ reason: 'it was switched off' });
  expect(clock?.jumpPending).toBe(false);
  expect(await sidecar.ops('/readyz')).toMatchObject({ status: 200 });
});
