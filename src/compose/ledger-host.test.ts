// Stopping the ledger comes to an end whatever its thread does.
import { expect, test } from 'vitest';
import { startLedger } from './ledger-host.ts';

test('a ledger that is stuck does not keep a stop for ever, and what waits for it fails', async () => {
  const lost: string[] = [];
  const ledger = await startLedger({
    entry: new URL('../../test/support/stuck-ledger.ts', import.meta.url),
    start: { groupMax: 1 } as never,
    stopMsMax: 20,
    onEvent: () => undefined,
    onLost: (problem) => void lost.push(problem),
  });
  const report = expect(ledger.client.report()).rejects.toMatchObject({ code: 'shutting_down' });
  await expect(ledger.stop()).rejects.toThrow('the ledger did not end in time');
  await report;
  expect(lost).toEqual([]);
});
