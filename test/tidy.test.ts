/**
 * The house rules, enforced: layers, sizes, names, tests. All findings are listed at once as
 * `file:line rule`. The rules live in test/support/tidy/ and are themselves tried on bad samples here.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { layerFindings } from './support/tidy/layer-rules.ts';
import { distributionFindings, sizeFindings } from './support/tidy/size-rules.ts';
import { type Finding, parseSource, type SourceFile } from './support/tidy/source-file.ts';
import { styleFindings } from './support/tidy/style-rules.ts';
import { testFindings } from './support/tidy/test-rules.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CODE = ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts', 'examples/**/*.ts', '*.ts'];

function readSources(): SourceFile[] {
  const files = globSync([...CODE, 'bin/*.mjs'], {
    cwd: ROOT,
    exclude: ['**/node_modules/**', 'src/grpc/gen/**'],
  });
  return files.sort().map((path) => parseSource(path, readFileSync(join(ROOT, path), 'utf8')));
}

const isTest = (path: string) => path.startsWith('test/') || path.endsWith('.test.ts');

function findingsOf(file: SourceFile): Finding[] {
  return [
    ...(file.path.startsWith('src/') ? layerFindings(file) : []),
    ...styleFindings(file),
    ...sizeFindings(file),
    ...(isTest(file.path) ? testFindings(file) : []),
  ];
}

const print = ({ path, line, rule }: Finding) => `${path}:${line} ${rule}`;

test('every file keeps the layers, sizes and names', () => {
  const files = readSources();
  expect(files.length).toBeGreaterThan(10);
  const findings = [...files.flatMap(findingsOf), ...distributionFindings(files)];
  expect(findings.map(print)).toEqual([]);
});

/** Bad samples: what stands in a file, and what must be found there. */
const HEADER = '// Why it exists.\n';
const BAD: readonly (readonly [path: string, text: string, finding: string])[] = [
  ['src/core/a.ts', "import { b } from '../pdp/b.ts';", '2 core must not import pdp'],
  ['src/core/a.ts', "import type { b } from '../grpc/gen/b.ts';", '2 core must not import gen'],
  ['src/core/a.ts', "import { readFileSync } from 'node:fs';", '2 core is pure: it must not import node:fs'],
  ['src/core/a.ts', "import { z } from 'zod';", '2 core is pure: it must not import zod'],
  ['src/core/a.ts', "export const b = () => import('../storage/b.ts');", '2 core must not import storage'],
  ['src/core/a.ts', 'export const b = () => Date.now();', '2 core is pure: it must not use Date.now'],
  ['src/core/a.ts', 'export const b = () => new Date();', '2 core is pure: it must not use new Date()'],
  ['src/pdp/a.ts', 'export const b = Math.random();', '2 pdp is pure: it must not use Math.random'],
  ['src/pdp/a.ts', 'export const b = process.pid;', '2 pdp is pure: it must not use process'],
  ['src/pdp/a.ts', "export { b } from '../storage/b.ts';", '2 pdp must not import storage'],
  ['src/storage/a.ts', "import { b } from '../grpc/b.ts';", '2 storage must not import grpc'],
  ['src/ops/a.ts', "import { b } from '../config.ts';", '2 ops must not import config'],
  ['src/policy/a.ts', "import { b } from '../compose/b.ts';", '2 policy must not import compose'],
  ['src/main.ts', "import { b } from './storage/b.ts';", '2 main must not import storage'],
  ['src/cli/a.ts', "import { b } from '../grpc/b.ts';", '2 cli must not import grpc'],
  ['src/grpc/a.ts', "import { b } from '../../test/b.ts';", '2 grpc must not import test/b.ts: outside src/'],
  ['src/ops/a.ts', "import D from 'better-sqlite3';", '2 better-sqlite3 is for storage only'],
  ['src/ops/a.ts', "export const b = 'SELECT a FROM b';", '2 SQL belongs to storage'],
  ['src/ops/a.ts', 'export const b = `INSERT INTO c`;', '2 SQL belongs to storage'],
  ['src/grpc/a.ts', "export const b = 'opa_eval';", "2 OPA's ABI belongs to policy"],
  ['src/extra/a.ts', 'export const b = 1;', '1 the file has no place in the layout'],
  ['src/core/utils.ts', 'export const b = 1;', '1 utils: name the concept'],
  ['src/core/key-types.ts', 'export const b = 1;', '1 types: name the concept'],
  ['src/core/index.ts', 'export const b = 1;', '1 index: name the concept'],
  ['src/core/Gcra.ts', 'export const b = 1;', '1 file names are lower-case words joined by hyphens'],
  [
    'src/core/a.ts',
    'export function handleCall() {}',
    '2 handleCall: say what it does; the verb says nothing',
  ],
  ['src/core/a.ts', 'export const doIt = () => 1;', '2 doIt: say what it does; the verb says nothing'],
  [
    'src/core/a.ts',
    'export interface B { process(): void }',
    '2 process: say what it does; the verb says nothing',
  ],
  ['src/core/a.ts', 'export class KeyManager {}', '2 KeyManager: name the concept'],
  ['src/core/a.ts', 'export const b = (c: any) => c;', '2 no any'],
  ['src/core/a.ts', 'export const b = (c?: string) => c!;', '2 no non-null !'],
  ['src/core/a.ts', 'export default 1;', '2 named exports only'],
  ['src/core/a.ts', "export * from './b.ts';", '1 no barrels: import from where it is defined'],
  ['src/core/a.ts', "export { b } from './b.ts';", '1 no barrels: import from where it is defined'],
  ['src/core/a.ts', 'export const b = 1; // TODO: c', '2 nothing is left for later in a comment'],
  ['src/core/a.ts', '// @ts-ignore\nexport const b = 1;', '2 no finding is silenced'],
  ['src/core/a.ts', `export const ten${'ant'}Id = 1;`, '2 the word is company'],
  [
    'src/core/a.test.ts',
    "import { it } from 'vitest';\nit.skip('b', () => {});",
    '3 no skip: a test always runs',
  ],
  ['test/a.test.ts', "describe.each([1]).only('b', () => {});", '2 no only: a test always runs'],
  ['test/a.test.ts', "test('b', { retry: 2 }, () => {});", '2 no retries'],
  ['test/a.test.ts', 'await new Promise((r) => setTimeout(r, 5));', wait(2)],
  ['test/a.test.ts', "import { setTimeout as s } from 'node:timers/promises';", wait(2)],
  ['test/a.test.ts', 'expect(true).toBe(true);', '2 the assertion cannot fail'],
];

function wait(line: number): string {
  return `${line} no sleeping: wait for what the test is about`;
}

test.each(BAD)('in %s, `%s` is found', (path, text, finding) => {
  const findings = findingsOf(parseSource(path, `${HEADER}${text}\n`));
  expect(findings.map(({ line, rule }) => `${line} ${rule}`)).toContain(finding);
});

/** Good samples that look like bad ones. */
const GOOD: readonly (readonly [path: string, text: string])[] = [
  ['src/core/a.ts', 'export const b = (d: { process: number }) => d.process;'],
  ['src/core/a.ts', 'export const b = (us: number) => new Date(us / 1000);'],
  ['src/core/a.test.ts', "import { test } from 'vitest';\nimport { readFileSync } from 'node:fs';"],
  ['src/core/a.test.ts', "import canonicalize from 'canonicalize';"],
  ['src/config.test.ts', "import { b } from './config.ts';"],
  ['src/storage/a.ts', "export const b = 'SELECT a FROM b';"],
  ['src/ops/a.ts', "export const b = 'Select a file from the list, or update it.';"],
  ['src/cli/a.ts', "import type { b } from '../grpc/gen/b.ts';\nimport { c } from '../client/c.ts';"],
  ['src/compose/a.ts', "import { b } from '../storage/b.ts';\nimport { c } from '../config.ts';"],
  ['src/compose.ts', "import { b } from './storage/b.ts';"],
  ['src/storage/search-index.ts', 'export function documentKey() {}\nexport function processor() {}'],
  ['vitest.config.ts', 'export default {};'],
  ['src/core/a.ts', 'const skip = { only: 1 };\nexport const b = skip.only;'],
];

test.each(GOOD)('in %s, `%s` is accepted', (path, text) => {
  expect(findingsOf(parseSource(path, `${HEADER}${text}\n`)).map(print)).toEqual([]);
});

test('a missing and an overlong header are found', () => {
  const rulesOf = (text: string) => findingsOf(parseSource('src/core/a.ts', text)).map(({ rule }) => rule);
  expect(rulesOf('export const b = 1;\n')).toContainEqual(expect.stringContaining('a header comment'));
  const long = '// A line.\n'.repeat(6);
  expect(rulesOf(`${long}export const b = 1;\n`)).toEqual(['the header has 6 lines, at most 5']);
  const block = `/**\n${' * A line.\n'.repeat(5)} */\n`;
  expect(rulesOf(`${block}export const b = 1;\n`)).toEqual([]);
});

test('a long file, a long function and too many long files are found', () => {
  const body = (lines: number) => 'b();\n'.repeat(lines);
  const long = parseSource('src/core/a.ts', `${HEADER}export function c() {\n${body(59)}}\n`);
  expect(findingsOf(long).map(({ rule }) => rule)).toEqual(['c has 61 lines, at most 60']);
  const nested = `${HEADER}export function c() {\n${body(40)}const d = () => {\n${body(40)}};\n}\n`;
  expect(findingsOf(parseSource('src/core/a.ts', nested)).map(print)).toEqual([]);
  const file = parseSource('src/core/a.ts', `${HEADER}${body(400)}`);
  expect(findingsOf(file).map(({ rule }) => rule)).toEqual(['401 lines, at most 400']);
  expect(distributionFindings([file]).length).toBe(2);
  expect(distributionFindings([parseSource('src/core/a.ts', HEADER)])).toEqual([]);
});
