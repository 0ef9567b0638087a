/**
 * What the README tells a newcomer to type is run as it stands, in a copy of a clone, against a sidecar of its
 * own. The Python example is in test/interop/python-readme.test.ts.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pasted } from '../cli/running-sidecar.ts';
import { commandsOf, exampleOf, page } from '../support/markdown-page.ts';
import { ROOT } from '../support/sidecar-process.ts';
import { standInCommand } from '../support/stand-in-command.ts';
import { servedClone } from './served-clone.ts';

const clone = servedClone();

/** The documented port is taken when something else runs: this sidecar's own stands in for it. */
const here = (text: string) => text.replaceAll('127.0.0.1:7070', clone().address);

test('the README’s check is allowed, and denied with the claim it names', async () => {
  const line = commandsOf('README.md').find((command) => command.startsWith('npx postern check')) ?? '';
  expect(page('README.md')).toContain('Add `--claim cmp_borealis`');
  const allowed = await pasted(clone().place, here(line));
  expect(allowed).toMatchObject({ code: 0, err: '' });
  expect(allowed.out.split('\n').slice(0, 2)).toEqual([
    'ALLOW  allowed',
    expect.stringMatching(/^company +cmp_aurora$/),
  ]);
  expect(await pasted(clone().place, `${here(line)} --claim cmp_borealis`)).toMatchObject({ code: 1 });
});

test('the line that the README has for a second terminal is the one that every start prints', () => {
  const printed = /npx postern check .*/.exec(clone().serving.output())?.[0];
  expect(commandsOf('README.md').map(here)).toContain(printed);
});

test('the README’s TypeScript runs, and is allowed', async () => {
  expect(page('README.md')).toContain('save as `example.ts`, then `npx node example.ts`');
  const { place } = clone();
  const file = join(place.directory, 'example.ts');
  writeFileSync(file, here(exampleOf('README.md', 'typescript')));
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(process.execPath, [file], { cwd: place.directory, env: place.env }, (_error, out, err) =>
    resolve(out + err),
  );
  expect(await promise).toBe('EFFECT_ALLOW cmp_aurora\n');
});

test('the README’s grpcurl line makes the call, with the descriptor set it names', async () => {
  const program = join(ROOT, 'test/support/grpcurl-stand-in.ts');
  const { place } = clone();
  const path = standInCommand(place.directory, 'grpcurl', [process.execPath, program]);
  const line = here(exampleOf('README.md', 'grpcurl'));
  const { code, out, err } = await pasted(place, path + line);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({
    request_id: 'req-3',
    effect: 'EFFECT_ALLOW',
    subject: { company_id: 'cmp_aurora' },
  });
});

test('the README’s last two commands are scripts, and npm start is what the tests start', () => {
  const { scripts } = JSON.parse(page('package.json')) as { scripts: Readonly<Record<string, string>> };
  expect(commandsOf('README.md')).toEqual(
    expect.arrayContaining(['npm ci && npm start', 'npm ci && npm test']),
  );
  expect(scripts['start']).toBe('exec node bin/postern.mjs serve --sample');
  for (const [, name = ''] of page('README.md').matchAll(/`npm run (\w+)`/g))
    expect(scripts).toHaveProperty(name);
});
