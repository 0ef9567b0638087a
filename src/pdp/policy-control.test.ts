// What is in force after candidates that failed, came back or are not what their revision says, with a real
// ledger that records them. Candidates and evaluators are the test's.
import { expect, onTestFinished, test } from 'vitest';
import { sqliteError } from '../../test/support/faulty-database.ts';
import { apply, openSeeded } from '../../test/support/ledger-world.ts';
import { recordsOf } from '../../test/support/read-log.ts';
import { PosternError } from '../core/error.ts';
import type { AdminWriter } from './admin-port.ts';
import { type NumberedCandidate, PolicyControl } from './policy-control.ts';

/** A revision and what it decides with. */
type Content = readonly [revision: string, digest: string];

function openControl() {
  const { world, ledger } = openSeeded();
  onTestFinished(() => ledger.close());
  const source: { holds: Content } = { holds: ['r1', 'one'] };
  const prepared: string[] = [];
  const writer: AdminWriter = {
    async apply(command) {
      const answer = apply(ledger, command);
      if (answer.kind === 'admin' && answer.result.ok) return answer.result.result;
      throw new PosternError('storage_unavailable', 'It could not be recorded.');
    },
  };
  const policies = new PolicyControl<string>({
    source: 'file',
    load: async () => {
      const [revision, digest] = source.holds;
      const candidate = { revision, digest, source: 'file', trust: 'unsigned', plans: [], payload: digest };
      return { ok: true, candidate };
    },
    prepare: async (numbered) => {
      prepared.push(named(numbered));
      return [];
    },
    writer,
    nowUs: () => world.wallUs,
    onActivated: () => {},
    onRefused: () => {},
  });
  /** The source holds this from now on, and is loaded. */
  const put = (...content: Content) => {
    source.holds = content;
    return policies.reload();
  };
  const recorded = () =>
    recordsOf(world.dataDirectory, 'policy').map(({ event, revision }) => `${event} ${revision}`);
  /** What an evaluator that starts now would serve, and under which number checks must be settled. */
  const inForce = () => [policies.startingPolicies().map(named), world.control.generation()];
  return { world, policies, put, recorded, prepared, inForce };
}

const named = ({ generation, candidate }: NumberedCandidate<string>) =>
  `${candidate.payload} as ${generation}`;

test('the number of an activation that failed is never given to another policy', async () => {
  const { world, put, recorded, prepared, inForce } = openControl();
  await put('r1', 'one');
  // The commit took effect all the same: the log has it, and evaluators are ready to serve it.
  world.faults.after = (sql) => {
    if (sql === 'COMMIT') throw sqliteError('SQLITE_IOERR_FSYNC');
  };
  await expect(put('r2', 'two')).rejects.toMatchObject({ code: 'storage_unavailable' });
  expect(inForce()).toEqual([['one as 1'], 1]);
  world.faults.after = () => {};
  await put('r3', 'three');
  expect(prepared).toEqual(['one as 1', 'two as 2', 'three as 3']);
  expect(inForce()).toEqual([['three as 3'], 3]);
  expect(recorded()).toEqual(['activated r1', 'activated r2', 'activated r3']);
});

test('a revision that was quarantined stays out of service, however often it is put back', async () => {
  const { policies, put, recorded, inForce } = openControl();
  await put('r1', 'one');
  await put('r2', 'two');
  await policies.quarantine('r2');
  expect(inForce()).toEqual([['one as 3'], 3]);
  await put('r2', 'two');
  await policies.reload();
  expect(inForce()).toEqual([['one as 3'], 3]);
  expect(policies.status()).toMatchObject({
    activeRevision: 'r1',
    lastRefusal: { revision: 'r2', problems: [{ message: expect.stringContaining('quarantined') }] },
  });
  expect(recorded().slice(-2)).toEqual(['refused r2', 'refused r2']);
});

test('another content under the revision in force is refused, and the one in force stays', async () => {
  const { policies, put, recorded, inForce } = openControl();
  await put('pipeline-7', 'one');
  await put('pipeline-7', 'edited by hand');
  expect(inForce()).toEqual([['one as 1'], 1]);
  expect(policies.status().lastRefusal).toMatchObject({
    revision: 'pipeline-7',
    problems: [{ file: '.manifest', message: 'another content carries the revision that is in force' }],
  });
  expect(recorded()).toEqual(['activated pipeline-7', 'refused pipeline-7']);
  await put('pipeline-7', 'one');
  expect(policies.status().lastRefusal, 'it was put back').toBeNull();
});
