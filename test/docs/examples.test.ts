/**
 * The programs and the commands of the pages for hosts, security, platform and auditors run as they stand, in a
 * copy of a clone, and what they claim about shapes holds.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { pasted } from '../cli/running-sidecar.ts';
import { blocksOf, commandsOf, exampleOf, page } from '../support/markdown-page.ts';
import { servedClone } from './served-clone.ts';

const HOSTS = 'docs/host-developers.md';

const clone = servedClone();

/** What an example of the hosts' page says, line by line. */
async function ran(example: string, at: string): Promise<string[]> {
  const { place } = clone();
  const file = join(place.directory, `${example}.ts`);
  writeFileSync(file, exampleOf(HOSTS, example));
  const apiKey = readFileSync(join(place.directory, '.postern-sample-key'), 'utf8').trim();
  const env = { ...place.env, POSTERN_ADDRESS: at, API_KEY: apiKey };
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(process.execPath, [file], { cwd: place.directory, env }, (_error, out, err) => resolve(out + err));
  return (await promise).trimEnd().split('\n');
}

test('a host that does as the page says works for the key’s company, and refuses what is not allowed', async () => {
  expect(await ran('authorize', clone().address)).toEqual(['cmp_aurora', '403 forbidden']);
});

test('a host that does as the page says refuses when there is no sidecar', async () => {
  const nowhere = `unix:${join(clone().place.directory, 'nobody.sock')}`;
  expect(await ran('authorize', nowhere)).toEqual(['503 unavailable', '503 unavailable']);
});

test('a batch, a stream and outcomes go as the page says', async () => {
  expect(await ran('many', clone().address)).toEqual([
    "[ 'REASON_ALLOWED', 'REASON_CLAIM_COMPANY_MISMATCH', 3 ]",
    "[ 'EFFECT_ALLOW', 'EFFECT_ALLOW' ]",
    "[ 'STATE_RECORDED', 'STATE_RECORDED' ]",
  ]);
});

const LINES = ['docs/security-team.md', 'docs/platform.md', 'docs/auditors.md'].flatMap((path) =>
  commandsOf(path).filter((line) => line.startsWith('npx postern') && !/<|clock accept/.test(line)),
);

/** Types a line; its command is the copy's own. */
function typed(line: string) {
  const { place } = clone();
  const launcher = join(place.directory, 'bin/postern.mjs');
  return pasted(place, line.replace('npx postern', `'${process.execPath}' '${launcher}'`));
}

test.each(LINES)('`%s` works', async (line) => {
  const { code, err } = await typed(line);
  // Remarks are no mistakes: what verifying cannot show, what is not indexed yet, that there is nothing.
  expect({ code, mistakes: err.match(/^error:.*/gm) }).toEqual({ code: 0, mistakes: null });
});

test('the platform’s line about the clock is understood, and refused while no jump waits', async () => {
  const line = commandsOf('docs/platform.md').find((command) => command.includes('clock accept')) ?? '';
  expect(await typed(line)).toMatchObject({ code: 1, err: expect.stringContaining('No jump of the clock') });
});

test('those pages have commands to try', () => {
  expect(LINES.length).toBeGreaterThan(8);
});

test('the operation that the security page shows fits the schema of the catalogue', () => {
  const [text = ''] = blocksOf('docs/security-team.md', 'json');
  const schema = JSON.parse(page('policies/schemas/operations.json')) as object;
  const fits = new Ajv({ strict: false }).compile(schema);
  expect(fits(JSON.parse(text)), JSON.stringify(fits.errors)).toBe(true);
  expect(fits({ 'refunds.create': { scope: 'refunds:create' } })).toBe(false);
});
