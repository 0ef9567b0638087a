/**
 * More checks at once than a sidecar decides in a moment: their connections are read in turns. All are answered
 * and recorded once, and a stop in the middle loses none that was answered.
 */
import { expect, test } from 'vitest';
import { CallError } from '../../src/client/call-error.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';
import { checkOf, readRecords } from '../support/sidecar-log.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

const COMPANY = 'cmp_aurora';
const CONNECTIONS = 12;
const CHECKS_EACH = 100;
const UNAVAILABLE = 14;

async function start(): Promise<{ sidecar: RunningSidecar; apiKey: string }> {
  const sidecar = await startSidecar({ evaluators: { count: 1 }, ledger: { durability: 'process' } });
  await createCompany(sidecar.admin, COMPANY);
  return { sidecar, apiKey: (await createKey(sidecar.admin, COMPANY)).secret };
}

/** Asks everything at once; each promise is of the request id that was answered as allowed. */
function askAll(sidecar: RunningSidecar, apiKey: string): Promise<string>[] {
  const clients = Array.from({ length: CONNECTIONS }, (_, place) =>
    place % 3 === 0 ? sidecar.unixClient() : sidecar.tcpClient(),
  );
  return clients.flatMap(({ authorization }, client) =>
    Array.from({ length: CHECKS_EACH }, async (_, check) => {
      const requestId = `req-${client}-${check}`;
      const answer = await authorization.check({ requestId, apiKey, operation: 'session.read' });
      expect(answer).toMatchObject({ requestId, reason: 'REASON_ALLOWED' });
      return requestId;
    }),
  );
}

async function recordedIds({ admin }: RunningSidecar): Promise<string[]> {
  const decisions = (await readRecords(admin)).filter(({ kind }) => kind === 'decision');
  return decisions.map((decision) => String(checkOf(decision)['request_id'])).toSorted();
}

test('every check of many connections is answered and recorded', async () => {
  const { sidecar, apiKey } = await start();
  const answered = await Promise.all(askAll(sidecar, apiKey));
  expect(answered).toHaveLength(CONNECTIONS * CHECKS_EACH);
  expect(await recordedIds(sidecar)).toEqual(answered.toSorted());
});

test('a stop in the middle ends in time; what was answered is recorded, the rest UNAVAILABLE', async () => {
  const { sidecar, apiKey } = await start();
  const asked = askAll(sidecar, apiKey);
  await Promise.race(asked);
  const stopped = sidecar.stop();
  const answered: string[] = [];
  const otherwise: unknown[] = [];
  for (const result of await Promise.allSettled(asked)) {
    if (result.status === 'fulfilled') answered.push(result.value);
    else if (!(result.reason instanceof CallError && result.reason.grpcStatus === UNAVAILABLE)) {
      otherwise.push(result.reason);
    }
  }
  expect(await stopped).toEqual({ code: 0, signal: null });
  expect(otherwise).toEqual([]);
  expect(await recordedIds(await startSidecar(sidecar.place))).toEqual(answered.toSorted());
});
