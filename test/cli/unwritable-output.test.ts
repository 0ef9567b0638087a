/**
 * Standard output or error on a full disk: a command says so in one line where it still can, and the exit code is
 * never one of an answer that nobody could read.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newPlace, type Place, pasted, type Serving, serveSample } from './running-sidecar.ts';

let place: Place;
let serving: Serving;
beforeAll(async () => {
  place = newPlace();
  serving = await serveSample(place);
});
afterAll(async () => {
  await serving.stop();
  place.remove();
});

const PROBLEM = 'Standard output cannot be written (ENOSPC).';

test('an allowed check whose answer cannot be written is an error, not a deny', async () => {
  const [, allow = ''] = /^ {2}(npx postern check .*)$/m.exec(serving.output()) ?? [];
  expect((await pasted(place, allow)).code).toBe(0);
  expect(await pasted(place, `${allow} > /dev/full`)).toEqual({
    code: 2,
    out: '',
    err: `error: ${PROBLEM}\n`,
  });
});

test('a check that failed is an error, not a deny, also when nobody can be told why', async () => {
  const check = 'echo pst_live_x | npx postern check --address unix:/nowhere/x --operation payments.read';
  expect(await pasted(place, `${check} 2> /dev/full`)).toEqual({ code: 2, out: '', err: '' });
});

test('another command has failed, and says so in the form asked for', async () => {
  const { code, err } = await pasted(place, 'npx postern companies list --json > /dev/full');
  expect(code).toBe(1);
  expect(JSON.parse(err)).toEqual({ error: { code: 'ENOSPC', message: PROBLEM, details: [] } });
});
