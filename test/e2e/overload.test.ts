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
const CHECKS_EACH = 40;
const ROUNDS = 3;
const UNAVAILABLE = 14;

async function start(): Promise<{ sidecar: RunningSidecar; apiKey: string }> {
  const sidecar = await startSidecar({ evaluators: { count: 1 }, ledger: { durability: 'process' } });
  await createCompany(sidecar.admin, COMPANY);
  return { sidecar, apiKey: (await createKey(sidecar.admin, COMPANY)).secret };
}

/**
 * Each connection asks many checks at once, one more for each that is answered. Each promise is of the request
 * ids of a chain, up to the one that was not allowed, which is reported.
 */
function askAll(sidecar: RunningSidecar, apiKey: string, onError: (error: unknown) => void) {
  const clients = Array.from({ length: CONNECTIONS }, (_, place) =>
    place % 3 === 0 ? sidecar.unixClient() : sidecar.tcpClient(),
  );
  return clients.flatMap(({ authorization }, client) =>
    Array.from({ length: CHECKS_EACH }, async (_, chain) => {
      const answered: string[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const requestId = `req-${client}-${chain}-${round}`;
        try {
          const answer = await authorization.check({ requestId, apiKey, operation: 'session.read' });
          expect(answer).toMatchObject({ requestId, reason: 'REASON_ALLOWED' });
          answered.push(requestId);
        } catch (error) {
          onError(error);
          break;
        }
      }
      return answered;
    }),
  );
}

async function recordedIds({ admin }: RunningSidecar): Promise<string[]> {
  const decisions = (await readRecords(admin)).filter(({ kind }) => kind === 'decision');
  return decisions.map((decision) => String(checkOf(decision)['request_id'])).toSorted();
}

test('every check of many connections is answered and recorded', async () => {
  const { sidecar, apiKey } = await start();
  const errors: unknown[] = [];
  const answered = await Promise.all(askAll(sidecar, apiKey, (error) => errors.push(error)));
  expect(errors).toEqual([]);
  expect(answered.flat()).toHaveLength(CONNECTIONS * CHECKS_EACH * ROUNDS);
  expect(await recordedIds(sidecar)).toEqual(answered.flat().toSorted());
});

test('a stop in the middle ends in time; what was answered is recorded, the rest UNAVAILABLE', async () => {
  const { sidecar, apiKey } = await start();
  const errors: unknown[] = [];
  const asked = askAll(sidecar, apiKey, (error) => errors.push(error));
  await Promise.race(asked);
  sidecar.launched.signal('SIGTERM');
  expect(await sidecar.launched.ended).toEqual({ code: 0, signal: null });
  const answered = (await Promise.all(asked)).flat();
  const otherwise = errors.filter(
    (error) => !(error instanceof CallError && error.grpcStatus === UNAVAILABLE),
  );
  expect(otherwise).toEqual([]);
  expect(await recordedIds(await startSidecar(sidecar.place))).toEqual(answered.toSorted());
});
