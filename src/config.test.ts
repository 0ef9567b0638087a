// The configuration's guarantees: everything wrong is told at once, with its place; nothing unknown is
// passed over; the value cannot change afterwards.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError } from './config/problem.ts';
import { configReference } from './config/reference.ts';
import { SETTINGS } from './config/setting-list.ts';
import { type ConfigOverride, loadConfig } from './config.ts';

interface Given {
  readonly yaml?: string;
  readonly env?: Record<string, string>;
  readonly overrides?: readonly ConfigOverride[];
}

function load({ yaml, env = {}, overrides = [] }: Given) {
  const directory = mkdtempSync(join(tmpdir(), 'pst-cfg-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = yaml === undefined ? null : join(directory, 'postern.yaml');
  if (file !== null) writeFileSync(file, yaml ?? '');
  return loadConfig({
    file,
    env: { XDG_RUNTIME_DIR: '/run/u', ...env },
    overrides,
    workingDirectory: '/srv/app',
  });
}

/** Problems as `path | line or origin | message`, without the directory of the file. */
function problems(given: Given): string[] {
  try {
    load(given);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(
      ({ path, origin, message }) => `${path} | ${origin.replace(/^.*\/postern/, 'postern')} | ${message}`,
    );
  }
  return [];
}

test('no configuration at all gives the documented defaults, with absolute paths', () => {
  const config = load({});
  expect(config).toMatchObject({
    environment: 'live',
    data: { directory: '/srv/app/.postern' },
    ledger: { durability: 'disk', groupMax: 512 },
    policy: { path: null, evaluationMsMax: 50 },
    listeners: {
      decision: { tcp: { host: '127.0.0.1', port: 7070 } },
      ops: { address: { host: '127.0.0.1', port: 7072 } },
    },
    sample: false,
  });
  expect(config.listeners.decision.socket).toMatch(/^\/run\/u\/postern-[0-9a-f]{12}\/decision\.sock$/);
  expect(config.listeners.admin.socket).toMatch(/^\/run\/u\/postern-[0-9a-f]{12}\/admin\/admin\.sock$/);
});

test('a file with three mistakes reports all three, with paths and lines', () => {
  const yaml = [
    'environment: live',
    'ledger:',
    '  durability: disc',
    '  groupMax: 100',
    'evaluators:',
    '  count: 0',
    'polcy:',
    '  path: ./policies',
  ].join('\n');
  expect(problems({ yaml })).toEqual([
    'evaluators.count | postern.yaml:6 | must be at least 1',
    'ledger.durability | postern.yaml:3 | must be one of `disk`, `process`',
    'polcy | postern.yaml:7 | is not a setting; did you mean `policy`?',
  ]);
});

test('mistakes of file, environment, command line and between settings are told together', () => {
  const found = problems({
    yaml: 'ledger:\n  groupMax: many\nlisteners:\n  decision: { socket: off, tcp: off }\n',
    env: { POSTERN_EVALUATORS__COUNT: 'two', POSTERN_LEDGER_DURABILITY: 'disk' },
    overrides: [{ path: 'log.level', value: 'loud', origin: '--log-level' }],
  });
  expect(found).toEqual([
    'evaluators.count | POSTERN_EVALUATORS__COUNT | must be a whole number in digits',
    ' | POSTERN_LEDGER_DURABILITY | POSTERN_LEDGER_DURABILITY is not a setting; did you mean POSTERN_LEDGER__DURABILITY?',
    'ledger.groupMax | postern.yaml:2 | must be a whole number',
    'log.level | --log-level | must be one of `debug`, `info`, `warn`, `error`, `silent`',
    'listeners.decision | postern.yaml:4 | at least one of `socket` and `tcp` must be on',
  ]);
});

test('the environment is stronger than the file, and the command line stronger than both', () => {
  const yaml = 'evaluators: { count: 2, queueMax: 100, memoryMbMax: 80 }';
  const env = { POSTERN_EVALUATORS__COUNT: '3', POSTERN_EVALUATORS__QUEUE_MAX: '200' };
  const overrides = [{ path: 'evaluators.count', value: 4, origin: '--evaluators' }];
  expect(load({ yaml, env, overrides }).evaluators).toEqual({ count: 4, queueMax: 200, memoryMbMax: 80 });
});

test('a default of the command line holds only where neither file nor environment speaks', () => {
  const overrides = [{ path: 'evaluators.count', value: 3, origin: '--x', isDefault: true }];
  const countOf = (given: Given) => load({ ...given, overrides }).evaluators.count;
  expect(countOf({})).toBe(3);
  expect(countOf({ yaml: 'evaluators:\n  count: 2\n' })).toBe(2);
  expect(countOf({ env: { POSTERN_EVALUATORS__COUNT: '4' } })).toBe(4);
  expect(problems({ env: { POSTERN_EVALUATORS__COUNT: '0' }, overrides })).toEqual([
    'evaluators.count | POSTERN_EVALUATORS__COUNT | must be at least 1',
  ]);
});

test('every setting can be given by the environment, under the name that the docs say', () => {
  const env = Object.fromEntries(
    SETTINGS.map(({ variable, type, default: value }) => [
      variable,
      type === 'string' ? String(value) : JSON.stringify(value),
    ]),
  );
  expect(load({ env })).toEqual(load({}));
  expect(SETTINGS.map(({ variable }) => variable)).toContain('POSTERN_LISTENERS__DECISION__TCP');
});

test('variables of a Kubernetes Service called postern do not keep it from starting', () => {
  const env = {
    POSTERN_SERVICE_HOST: '192.0.2.7',
    POSTERN_SERVICE_PORT_GRPC: '7070',
    POSTERN_PORT: 'tcp://192.0.2.7:7070',
    POSTERN_PORT_7070_TCP_ADDR: '192.0.2.7',
    POSTERN_ADMIN_SERVICE_PORT: '7071',
  };
  expect(problems({ env })).toEqual([]);
});

test('a socket path above 107 bytes is refused and its length named', () => {
  const yaml = `listeners: { admin: { socket: /run/${'a'.repeat(103)} } }`;
  expect(problems({ yaml })).toEqual([
    "listeners.admin.socket | postern.yaml:1 | the socket's path has 108 bytes and the system allows 107; choose a shorter one",
  ]);
  expect(problems({ yaml: yaml.replace('aa', 'a') })).toEqual([]);
});

test('a derived socket path above 107 bytes is refused as well', () => {
  const found = problems({ env: { XDG_RUNTIME_DIR: `/run/${'é'.repeat(50)}` } });
  expect(found.map((line) => line.split(' | ')[0])).toEqual([
    'listeners.decision.socket',
    'listeners.admin.socket',
  ]);
});

test('checks are never accepted from the network in plain text', () => {
  for (const tcp of ['0.0.0.0:7070', '192.0.2.1:7070', '[::]:7070']) {
    expect(problems({ env: { POSTERN_LISTENERS__DECISION__TCP: tcp } })).toHaveLength(1);
  }
  for (const tcp of ['127.0.0.1:7070', '[::1]:0', 'off']) {
    expect(problems({ env: { POSTERN_LISTENERS__DECISION__TCP: tcp } })).toEqual([]);
  }
  for (const tcp of ['localhost:7070', '127.0.0.1', '127.0.0.1:70000', ':7070']) {
    expect(problems({ env: { POSTERN_LISTENERS__DECISION__TCP: tcp } })).toHaveLength(1);
  }
});

test('a file that is no mapping, no YAML, no text or not there is a problem, not a crash', () => {
  expect(problems({ yaml: '- a\n- b\n' })).toEqual([
    ' | postern.yaml:1 | the file must be a mapping of settings',
  ]);
  expect(problems({ yaml: 'a: [1\nb: 2' })[0]).toMatch(/^ \| postern\.yaml:\d \| not valid YAML: /);
  expect(problems({ yaml: 'sample: true\nsample: false' })[0]).toMatch(
    /postern\.yaml:\d \| not valid YAML: Map keys/,
  );
  expect(() =>
    loadConfig({ file: '/nowhere/postern.yaml', env: {}, overrides: [], workingDirectory: '/' }),
  ).toThrow('the file does not exist (/nowhere/postern.yaml)');
});

test.each([
  ['no anchor', 'data: &a {directory: x}\nfoo: *b', /^ \| postern\.yaml:2 \| .*\*b has no anchor before it$/],
  ['itself', 'limits: &a\n  sourceFailures: *a', /^ \| postern\.yaml:2 \| .*\*a stands within/],
  ['too much', `a: &a {}\nc: [${'*a, '.repeat(11)}]`, /^ \| postern\.yaml:2 \| .*more than 10 aliases$/],
])('an alias that stands for %s is one problem with its line', (_name, yaml, problem) => {
  expect(problems({ yaml })).toEqual([expect.stringMatching(problem)]);
});

test('an empty file, and an empty section, mean the defaults', () => {
  expect(load({ yaml: '' })).toEqual(load({}));
  expect(load({ yaml: 'ledger:\npolicy:\n' })).toEqual(load({}));
});

test('a section given as a single value is one mistake', () => {
  expect(problems({ yaml: 'ledger: 5', env: { POSTERN_LEDGER__GROUP_MAX: '7' } })).toEqual([
    'ledger | postern.yaml:1 | must be a section with settings of its own',
  ]);
});

test('a pattern that is no regular expression is named by its place in the list', () => {
  expect(problems({ yaml: 'keys:\n  acceptedPatterns:\n    - "^a$"\n    - "(["\n' })).toEqual([
    'keys.acceptedPatterns.1 | postern.yaml:4 | must be a valid regular expression',
  ]);
});

test('several wrong entries of one list are all named', () => {
  expect(
    problems({ yaml: 'keys: { acceptedPatterns: ["([", "^a$", "+"] }' }).map((line) => line.split(' | ')[0]),
  ).toEqual(['keys.acceptedPatterns.0', 'keys.acceptedPatterns.2']);
});

test('problems never repeat a value, because it may be a secret in the wrong place', () => {
  const secret = 'pst_live_this-should-not-be-here';
  const given = {
    yaml: `environment: ${secret}\nledger: ${secret}\nlisteners: { ops: { address: ${secret} } }\n`,
    env: { POSTERN_LEDGER__GROUP_MAX: secret, POSTERN_KEYS__ACCEPTED_PATTERNS: secret },
  };
  expect(problems(given).length).toBeGreaterThan(3);
  expect(problems(given).join('\n')).not.toContain(secret);
});

test('the value is frozen to its leaves', () => {
  const config = load({ yaml: 'keys: { acceptedPatterns: ["^a$"] }' });
  for (const part of [config, config.ledger, config.listeners.decision, config.keys.acceptedPatterns]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});

test('every setting says what it means, and docs/config.md is current', () => {
  expect(SETTINGS.filter(({ meaning }) => meaning.length < 20)).toEqual([]);
  const page = readFileSync(new URL('../docs/config.md', import.meta.url), 'utf8');
  expect(page, 'run node scripts/generate-config-docs.ts').toBe(configReference());
});
