/**
 * What the README and the quickstart tell a newcomer to type is run as it stands, in a copy of nothing:
 * against a sidecar of its own, with the launcher in place of `npx postern`.
 */
import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../support/sidecar-process.ts';
import { newPlace, type Place, pasted, type Serving, serveSample } from './running-sidecar.ts';

let place: Place;
let serving: Serving;
let address: string;

beforeAll(async () => {
  place = newPlace();
  serving = await serveSample(place);
  address = /--address (\S+)/.exec(serving.output())?.[1] ?? '';
});
afterAll(async () => {
  await serving.stop();
  place.remove();
});

const page = (path: string) => readFileSync(join(ROOT, path), 'utf8');
/** The documented port is taken when something else runs: this sidecar's own stands in for it. */
const here = (text: string) => text.replaceAll('127.0.0.1:7070', address);

/** Lines of the shell in a page, continued ones joined. */
function commandsOf(path: string): string[] {
  const blocks = [...page(path).matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text]) => text ?? '');
  return blocks.flatMap((text) => text.replaceAll('\\\n', ' ').split('\n')).filter((line) => line !== '');
}

function exampleOf(name: string): string {
  const match = new RegExp(`<!-- example: ${name} -->\\n\`\`\`\\w+\\n(.*?)^\`\`\`$`, 'ms').exec(
    page('README.md'),
  );
  return here(match?.[1] ?? '');
}

test('the README’s check is allowed, and denied with the claim it names', async () => {
  const line = commandsOf('README.md').find((command) => command.startsWith('npx postern check')) ?? '';
  expect(page('README.md')).toContain('Add `--claim cmp_borealis`');
  const allowed = await pasted(place, here(line));
  expect(allowed).toMatchObject({ code: 0, err: '' });
  expect(allowed.out.split('\n').slice(0, 2)).toEqual([
    'ALLOW  allowed',
    expect.stringMatching(/^company +cmp_aurora$/),
  ]);
  expect(await pasted(place, `${here(line)} --claim cmp_borealis`)).toMatchObject({ code: 1 });
});

test('the README’s TypeScript runs, and is allowed', async () => {
  // As in the clone's root: `./src` is the program's, the key is the one that the start made.
  symlinkSync(join(ROOT, 'src'), join(place.directory, 'src'));
  const file = join(place.directory, 'example.ts');
  writeFileSync(file, exampleOf('typescript'));
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(process.execPath, [file], { cwd: place.directory, env: place.env }, (_error, out, err) =>
    resolve(out + err),
  );
  expect(await promise).toBe('EFFECT_ALLOW cmp_aurora\n');
});

test('the README’s grpcurl example names a method of the contract and fields of its request', () => {
  const example = exampleOf('grpcurl');
  expect(example).toContain('postern.v1.AuthorizationService/Check');
  const contract = page('proto/postern/v1/authorization.proto');
  const fields = [...example.matchAll(/"(\w+)":/g)].map(([, field]) => field ?? '');
  expect(fields).toEqual(['request_id', 'api_key', 'operation']);
  for (const field of fields) expect(contract).toMatch(new RegExp(` string ${field} = `));
});

test('the quickstart’s commands give what it says', async () => {
  const [start, ...commands] = commandsOf('docs/quickstart.md').filter(
    (command) => !/^npm run|policy (build|test)/.test(command),
  );
  expect(start).toBe('npm ci && npm start');
  const reasons: string[] = [];
  let keyId = '';
  for (const command of commands) {
    // They are followed or asked elsewhere: one never ends, one needs a file of the reader's.
    if (/audit tail|--check-config/.test(command)) continue;
    const line = here(command).replace('<key-id>', keyId);
    const { code, out, err } = await pasted(
      place,
      line.includes(' check ') ? line.replace(/( --json)?$/, ' --json') : line,
    );
    if (/postern check /.test(line)) reasons.push(JSON.parse(out).reason);
    else
      expect({ line, code, err: err.replace(/^.*checkpoint.*\n/, '') }).toEqual({ line, code: 0, err: '' });
    keyId = /^(key_\S+) .*cmp_borealis/m.exec(out)?.[1] ?? keyId;
  }
  expect(reasons).toEqual([
    'allowed',
    'scope_missing',
    'resource_company_mismatch',
    'claim_company_mismatch',
    'key_revoked',
  ]);
}, 120_000);
