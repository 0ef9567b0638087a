/**
 * Runs the Rego tests of a directory over data that a build would take, and measures their coverage. The tests run in OPA's
 * interpreter; that the compiled module answers alike is tested elsewhere.
 */
import type { PolicyProblem } from '../../pdp/admin-port.ts';
import { problemsInData } from './check-data.ts';
import type { CompileOptions } from './compile-policies.ts';
import { findOpa } from './opa-binary.ts';
import { problemsFromOpa, withoutStage } from './opa-problems.ts';
import { readPolicySources } from './policy-sources.ts';
import { runOpa } from './run-opa.ts';
import { STAGE, withStage } from './staged-sources.ts';

export interface TestOptions extends CompileOptions {
  /** Least share of lines that the tests must reach, 0 to 100. Default 100. */
  readonly coverageMin?: number;
}

export interface PolicyTestResult {
  /** E.g. `postern.limits_test.test_an_unknown_plan_is_refused`. */
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** A skipped test (`todo_…`) is not a passed one. */
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly durationUs: number;
  /** What the test printed, or the error it ended with. */
  readonly output: string;
}

export interface PolicyTestReport {
  /** All passed, none skipped, there was at least one, and enough lines were reached. */
  readonly ok: boolean;
  readonly tests: readonly PolicyTestResult[];
  /** 0 to 100 over the files that are no tests; null when a test failed, as OPA measures none then. */
  readonly coverage: number | null;
  /** Lines that no test reaches; and why nothing ran, when nothing could. */
  readonly problems: readonly PolicyProblem[];
}

interface OpaTest {
  readonly package: string;
  readonly name: string;
  readonly location?: { readonly file: string; readonly row: number };
  readonly fail?: boolean;
  readonly skip?: boolean;
  readonly error?: unknown;
  readonly duration: number;
  readonly output?: string;
}

interface Range {
  readonly start: { readonly row: number };
  readonly end: { readonly row: number };
}

interface OpaCoverage {
  readonly files: Readonly<
    Record<string, { readonly covered?: readonly Range[]; readonly not_covered?: readonly Range[] }>
  >;
}

/** Runs the tests of a directory. Throws OpaUnavailable without a compiler. */
export async function testPolicies(directory: string, options: TestOptions = {}): Promise<PolicyTestReport> {
  const [sources, opa] = await Promise.all([readPolicySources(directory), options.opa ?? findOpa()]);
  if (sources.problems.length > 0) return nothingRan(sources.problems);
  return withStage(sources.files, async (stage) => {
    // Tests that pass over data which no build would take would be taken for a policy that is sound.
    const inData = await problemsInData(stage, sources, opa);
    if (inData.length > 0) return nothingRan(inData);
    // Not as a `--bundle`: OPA (0.70 and 1.22) then forgets the lines that no test reaches.
    const args = ['test', '--format', 'json', STAGE.all];
    const run = await runOpa(opa.path, args, { cwd: stage });
    const tests = parseTests(run.stdout);
    if (tests === null) return nothingRan(problemsFromOpa(run));
    if (tests.length === 0) return nothingRan([{ file: '', line: 0, message: 'There are no tests.' }]);
    if (tests.some((test) => test.outcome !== 'passed'))
      return { ok: false, tests, coverage: null, problems: [] };

    const measured = await runOpa(opa.path, [...args, '--coverage'], { cwd: stage });
    const { coverage, problems } = readCoverage(measured.stdout);
    return { ok: coverage >= (options.coverageMin ?? 100), tests, coverage, problems };
  });
}

function nothingRan(problems: readonly PolicyProblem[]): PolicyTestReport {
  return { ok: false, tests: [], coverage: null, problems };
}

function parseTests(stdout: string): PolicyTestResult[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(stdout.trim() === '' ? 'null' : stdout);
  } catch {
    return null;
  }
  if (!Array.isArray(parsed)) return null;
  return parsed.map((test: OpaTest) => ({
    name: `${test.package.replace(/^data\./, '')}.${test.name}`,
    file: withoutStage(test.location?.file ?? ''),
    line: test.location?.row ?? 0,
    outcome: outcomeOf(test),
    durationUs: Math.round(test.duration / 1_000),
    output: outputOf(test),
  }));
}

function outcomeOf(test: OpaTest): PolicyTestResult['outcome'] {
  if (test.skip === true) return 'skipped';
  return test.fail === true || test.error !== undefined ? 'failed' : 'passed';
}

function outputOf(test: OpaTest): string {
  if (test.error !== undefined) return JSON.stringify(test.error);
  return Buffer.from(test.output ?? '', 'base64').toString('utf8');
}

function readCoverage(stdout: string): { coverage: number; problems: PolicyProblem[] } {
  const report = JSON.parse(stdout) as OpaCoverage;
  let reached = 0;
  const problems: PolicyProblem[] = [];
  for (const [file, ranges] of Object.entries(report.files)) {
    if (file.endsWith('_test.rego')) continue;
    const missed = linesOf(ranges.not_covered);
    reached += [...linesOf(ranges.covered)].filter((line) => !missed.has(line)).length;
    for (const line of missed) {
      problems.push({ file: withoutStage(file), line, message: 'No test reaches this line.' });
    }
  }
  const all = reached + problems.length;
  return { coverage: all === 0 ? 0 : Math.floor((reached * 1_000) / all) / 10, problems };
}

/** Newer releases give several ranges for one line, one for each expression. */
function linesOf(ranges: readonly Range[] = []): ReadonlySet<number> {
  const lines = ranges.flatMap(({ start, end }) =>
    Array.from({ length: end.row - start.row + 1 }, (_, place) => start.row + place),
  );
  return new Set(lines);
}
