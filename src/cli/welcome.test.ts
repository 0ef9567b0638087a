// The welcome: lines that can be pasted as they are, and no secret in them.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { ReadySidecar } from './ports.ts';
import { shellWord, welcomeText } from './welcome.ts';

const SIDECAR: ReadySidecar = {
  decisionAddresses: ['unix:/run/p/decision.sock', '127.0.0.1:7070'],
  admin: 'unix:/run/p/admin/admin.sock',
  ops: '127.0.0.1:7072',
  dataDirectory: '/srv/app/.postern',
  sample: true,
};

const commandsIn = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('npx '));

test('it has a line for an allow and one for a deny, by TCP and with the key’s file', () => {
  const text = welcomeText({
    sidecar: SIDECAR,
    sample: 'ready',
    keyFile: '/srv/app/.postern-sample-key',
    workingDirectory: '/srv/app',
  });
  const line =
    'npx postern check --address 127.0.0.1:7070 --key-file .postern-sample-key --operation payments.create';
  expect(commandsIn(text)).toEqual([line, `${line} --claim cmp_borealis`]);
  expect(text).toContain('http://127.0.0.1:7072/metrics');
});

test('without TCP it uses the socket, and a file elsewhere by its whole path', () => {
  const [line] = commandsIn(
    welcomeText({
      sidecar: { ...SIDECAR, decisionAddresses: ['unix:/run/p/decision.sock'], ops: null },
      sample: 'ready',
      keyFile: '/srv/keys/my sample',
      workingDirectory: '/srv/app',
    }),
  );
  expect(line).toContain("--address unix:/run/p/decision.sock --key-file '/srv/keys/my sample' ");
});

test('over a directory of somebody’s own companies it promises no key', () => {
  const facts = { sidecar: SIDECAR, keyFile: '/k', workingDirectory: '/' };
  expect(commandsIn(welcomeText({ ...facts, sample: 'foreign' }))).toEqual(['npx postern companies list']);
});

test.each(['plain', 'with space', "it's", '$HOME `id` "x"', 'a;b&c|d', 'é漢'])(
  '%j is one word to a shell',
  (word) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' })).toBe(word);
  },
);
