/**
 * What the pages name exists: files and headings behind links, settings, variables, metrics, commands with their
 * options, events of the log, npm scripts. A page that is older than the code is found here.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OTHER_VARIABLES } from '../../src/config/from-environment.ts';
import { SETTINGS } from '../../src/config/setting-list.ts';
import { run } from '../cli/captured-terminal.ts';
import { codeWordsOf, commandsOf, headingsOf, linksOf, page } from '../support/markdown-page.ts';
import { ROOT } from '../support/sidecar-process.ts';

const PAGES = globSync(['*.md', 'docs/**/*.md', 'deploy/*.md', 'policies/*.md', 'proto/*.md'], { cwd: ROOT });
const SOURCES = globSync('src/**/*.ts', { cwd: ROOT, exclude: ['**/*.test.ts', 'src/grpc/gen/**'] })
  .map((path) => readFileSync(join(ROOT, path), 'utf8'))
  .join('\n');

test.each(PAGES)('%s: every link leads to a file, and to a heading in it', (path) => {
  const broken = linksOf(path).filter(({ target, heading }) => {
    if (!existsSync(join(ROOT, target))) return true;
    return heading !== '' && !headingsOf(target).includes(heading);
  });
  expect(broken).toEqual([]);
});

const SETTING_PATHS = SETTINGS.map((setting) => setting.path.join('.'));
const SECTIONS = new Set(SETTINGS.map(({ path }) => path[0] ?? ''));
const FILE = /\.(json|rego|wasm|md|ts|mjs|ya?ml|db|sock)$/;

/** Members of a record, and a variable that Kubernetes makes. */
const NO_SETTINGS = new Set(['policy.reason', 'policy.code']);
const NO_VARIABLES_OF_OURS = new Set(['POSTERN_SERVICE_HOST', 'POSTERN_PYTHON']);

/** Words like `ledger.durability`: a section of the configuration, a dot, and letters. */
function settingWordsOf(path: string): string[] {
  const words = codeWordsOf(path).filter(
    (word) => /^[a-z]+(\.[a-z][A-Za-z]+)+$/.test(word) && !FILE.test(word),
  );
  // Operations of the catalogue have dots too, and none begins like a section.
  return words.filter((word) => SECTIONS.has(word.split('.')[0] ?? '') && !NO_SETTINGS.has(word));
}

test.each(PAGES)('%s: every setting and every variable that it names exists', (path) => {
  const unknown = settingWordsOf(path).filter(
    (word) => !SETTING_PATHS.some((setting) => setting === word || setting.startsWith(`${word}.`)),
  );
  expect(unknown).toEqual([]);
  const variables = new Set([...OTHER_VARIABLES, ...SETTINGS.map(({ variable }) => variable)]);
  const named = page(path).match(/\bPOSTERN_[A-Z_]*[A-Z]\b/g) ?? [];
  expect(named.filter((name) => !variables.has(name) && !NO_VARIABLES_OF_OURS.has(name))).toEqual([]);
});

test.each(PAGES)('%s: every metric that it names exists', (path) => {
  const named = page(path).match(/\bpostern_[a-z_]+\b/g) ?? [];
  expect(named.filter((name) => !SOURCES.includes(`'${name}'`))).toEqual([]);
});

test.each(PAGES)('%s: every event of the log that it names is written somewhere', (path) => {
  const named = [...page(path).matchAll(/\blog lines? `([a-z_]+)`/g)].map(([, name]) => name ?? '');
  expect(named.filter((name) => !SOURCES.includes(`'${name}'`))).toEqual([]);
});

test('the platform page has every metric of ours', () => {
  const metrics =
    readFileSync(join(ROOT, 'src/ops/metrics.ts'), 'utf8').match(/(?<=')postern_[a-z_]+(?=')/g) ?? [];
  expect(metrics.length).toBeGreaterThan(10);
  expect(metrics.filter((name) => !page('docs/platform.md').includes(`| \`${name}\` |`))).toEqual([]);
});

/** Command lines in backquotes and in blocks, without `npx`; placeholders and quotes are left in. */
function commandLinesOf(path: string): string[] {
  const shell = commandsOf(path).flatMap((line) => line.split(/&&|\|/));
  return [...codeWordsOf(path), ...shell]
    .map((line) => /(?:^|\s)postern ([a-z].*)$/.exec(line)?.[1] ?? '')
    .filter((line) => line !== '' && !/^\d/.test(line));
}

const LINES = [...new Set(PAGES.flatMap(commandLinesOf))];

test.each(LINES)('`postern %s` names a command and options that there are', async (line) => {
  const words = line.split(/\s+/);
  const end = words.findIndex((word) => !/^[a-z-]+$/.test(word) || word.startsWith('-'));
  const command = words.slice(0, end === -1 ? 2 : Math.min(end, 2));
  // `keys …` and `policy build|check`: the group alone is looked at, or each of its alternatives.
  const alternatives = (words[1] ?? '').includes('|') ? (words[1] ?? '').split('|') : [];
  const asked = alternatives.length === 0 ? [command] : alternatives.map((name) => [words[0] ?? '', name]);
  for (const names of asked) {
    const { code, out } = await run([...names, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: postern ${names.join(' ')}`);
    for (const [option] of line.matchAll(/(?<=\s)--[a-z-]+/g))
      expect(out).toMatch(new RegExp(`${option}(?![a-z-])`));
  }
});

test('the pages name enough commands to be worth looking at', () => {
  expect(LINES.length).toBeGreaterThan(20);
});

test.each(PAGES)('%s: every npm script that it names exists', (path) => {
  const { scripts } = JSON.parse(page('package.json')) as { scripts: Readonly<Record<string, string>> };
  const named = [...page(path).matchAll(/\bnpm run ([a-z:]+)/g)].map(([, name]) => name ?? '');
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
