/**
 * Every command's mistakes: exit code 2, one clear message, no stack, nothing on standard output; and
 * keys are never taken from, or repeated out of, the command line.
 */
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { run } from './captured-terminal.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const SECRET = ['pst', 'live', 'Q'.repeat(43), 'a1B2c3'].join('_');

const MISTAKES: readonly (readonly [line: string, message: RegExp])[] = [
  ['serv', /unknown command 'serv'[\s\S]*Did you mean serve\?/],
  ['serve --port 1', /unknown option '--port'/],
  ['serve --dev --data /tmp', /leave --data out/],
  ['check', /required option '--operation <name>'/],
  ['check --operation a --cost -1', /cost.*whole number from 0 to 1000000/],
  ['check --operation a --context [1]', /must be a JSON object/],
  ['check --operation a --owner cmp_aurora --no-key', /name it with --resource/],
  ['check --operation a --address nonsense --no-key', /an address must be/],
  ['check --operation a --key-file /nowhere/key', /key file .* cannot be read \(ENOENT\)/],
  ['check --operation a --json', /there is no key in standard input/],
  ['companies create', /missing required argument 'company'/],
  ['companies list --status gone', /must be one of active, suspended, closed/],
  ['companies get', /missing required argument/],
  ['companies suspend', /missing required argument/],
  ['companies reactivate', /missing required argument/],
  ['companies list extra', /too many arguments/],
  ['keys create', /required option '--company <company>'/],
  ['keys create --company a --environment prod', /must be one of live, test/],
  ['keys create --company a --expires tomorrow', /must be a time such as/],
  ['keys create --company a --not-before 2026-13-45', /must be a time such as/],
  ['keys list --limit 0', /whole number from 1/],
  ['keys get', /missing required argument 'key-id'/],
  ['keys activate', /missing required argument/],
  ['keys deactivate', /missing required argument/],
  ['keys revoke', /missing required argument/],
  ['policy test --coverage 101', /from 0 to 100/],
  ['policy build --output', /argument missing/],
  ['policy check a b', /too many arguments/],
  ['policy status --timeout-ms 0', /whole number from 1/],
  ['audit query --effect maybe', /must be one of allow, deny/],
  ['audit query --reason nonsense', /must be one of source_throttled, key_missing/],
  ['audit tail --from -1', /whole number from 0/],
  ['audit verify now', /too many arguments/],
  ['clock accept --reason', /argument missing/],
  ['doctor --fix', /unknown option '--fix'/],
  ['demo --fast', /unknown option '--fast'/],
];

test.each(MISTAKES)('`postern %s` is refused with a clear message', async (line, message) => {
  const { code, out, err } = await run(line.split(' '));
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(message);
  expect(err).not.toMatch(/\n\s+at /);
});

test.each([
  ['an option', ['check', '--operation', 'a', '--key', SECRET]],
  ['an option with =', ['check', `--api-key=${SECRET}`]],
  ['an argument', ['keys', 'revoke', SECRET]],
  ['the name of a file', ['check', '--operation', 'a', '--key-file', SECRET]],
  ['a part of an argument', ['check', '--operation', 'a', '--context', `{"key":"${SECRET}"}`]],
  ['a key cut short', ['keys', 'get', SECRET.slice(0, 35)]],
  ['an unknown command', [SECRET]],
])('a key as %s is refused and not repeated', async (_name, args) => {
  for (const form of [[], ['--json']]) {
    const { code, out, err } = await run([...args, ...form]);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/never taken from the command line/);
    expect(err).not.toContain('QQQQ');
  }
});

test('an option that asks for a key is refused even without one', async () => {
  for (const option of ['--key', '--api-key', '--secret', '--key=short']) {
    const { code, err } = await run(['check', '--operation', 'a', option, 'short']);
    expect(code).toBe(2);
    expect(err).toMatch(/use --key-file, standard input or POSTERN_KEY/);
  }
});

test('a key comes from a file, the environment or standard input, and only its first line counts', async () => {
  for (const given of [
    { env: { POSTERN_KEY: SECRET } },
    { stdin: `${SECRET}\nnot this` },
    { stdin: SECRET, args: ['--key-file', '-'] },
  ]) {
    const { args = [], ...rest } = { args: [] as string[], ...given };
    const { code, err } = await run(['check', '--operation', 'a', ...args], rest);
    // There is no sidecar: the key was accepted, and the call was made.
    expect(err).toMatch(/no sidecar answers at unix:\/nowhere\/decision\.sock/);
    expect(code).toBe(2);
    expect(err).not.toContain('QQQQ');
  }
});

test('on a terminal without a key, check says how to give one instead of waiting', async () => {
  const { code, err } = await run(['check', '--operation', 'a'], { isTTY: true });
  expect(code).toBe(2);
  expect(err).toMatch(/--key-file, POSTERN_KEY or standard input/);
});

test('a file that is no key is refused by its length, without being shown', async () => {
  const { err } = await run(['check', '--operation', 'a'], { stdin: 'z'.repeat(600) });
  expect(err).toMatch(/more than 512 bytes/);
  expect(err).not.toContain('zzzz');
});

test('what accepts a connection and says nothing is told by its address and the wait', async () => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, err } = await run(['companies', 'list', '--admin', address, '--timeout-ms', '200']);
  expect(code).toBe(1);
  expect(err).toBe(`error: The sidecar at ${address} did not answer within 200 ms.\n`);
});

test('with --json a failure is one JSON object on standard error', async () => {
  const { code, out, err } = await run(['companies', 'list', '--json']);
  expect(code).toBe(1);
  expect(out).toBe('');
  expect(JSON.parse(err)).toEqual({
    error: {
      code: 'unreachable',
      message: 'no sidecar answers at unix:/nowhere/admin.sock',
      details: [expect.any(String)],
    },
  });
});

test('a mistake is not repeated at any length, nor with what steers a terminal', async () => {
  const { err } = await run(['check', '--operation', 'a', '--cost', `\u001b[2J${'9'.repeat(100_000)}`]);
  expect(err).toMatch(/^error: option '--cost <number>' argument '\uFFFD\[2J999/);
  expect(err.length).toBeLessThan(1_200);
});

test('a sidecar that is not there: exit code 2 for check, 1 for the others', async () => {
  expect((await run(['check', '--operation', 'a', '--no-key'])).code).toBe(2);
  expect((await run(['policy', 'status'])).code).toBe(1);
  expect((await run(['audit', 'verify'])).code).toBe(1);
});

test('help and version are no mistakes; a group without a command is', async () => {
  const help = await run(['--help']);
  expect(help).toMatchObject({ code: 0, err: '' });
  for (const name of ['serve', 'check', 'companies', 'keys', 'policy', 'audit', 'clock', 'doctor', 'demo']) {
    expect(help.out).toMatch(new RegExp(`^  ${name} `, 'm'));
  }
  expect(await run(['--version'])).toEqual({ code: 0, out: '0.0.0-test\n', err: '' });
  expect(await run(['keys', 'create', '--help'])).toMatchObject({ code: 0, err: '' });
  const group = await run(['keys']);
  expect(group.code).toBe(2);
  expect(group.err).toMatch(/Usage: postern keys/);
});

test('problems of the configuration are listed one a line, without a stack', async () => {
  const locate = () => {
    throw Object.assign(
      new Error('2 problems in the configuration:\n  a.b: must be text\n  c: is not a setting'),
      {
        name: 'ConfigError',
      },
    );
  };
  const text = await run(['serve', '--check-config'], { ports: { locate } });
  expect(text).toEqual({
    code: 1,
    out: '',
    err: 'error: 2 problems in the configuration\n  a.b: must be text\n  c: is not a setting\n',
  });
  const json = await run(['serve', '--check-config', '--json'], { ports: { locate } });
  expect(JSON.parse(json.err).error.details).toEqual(['a.b: must be text', 'c: is not a setting']);
});

test('serve passes the configuration on, and its exit code back', async () => {
  const seen: unknown[] = [];
  const serve = async (options: object) => {
    seen.push(options);
    return 3;
  };
  const { code } = await run(['serve', '--config', 'a.yaml', '--data', 'd', '--sample'], {
    ports: { serve },
  });
  expect(code).toBe(3);
  expect(seen).toEqual([
    {
      file: 'a.yaml',
      overrides: [
        { path: 'data.directory', value: 'd', origin: '--data' },
        { path: 'sample', value: true, origin: '--sample' },
      ],
      onReady: expect.any(Function),
    },
  ]);
});
