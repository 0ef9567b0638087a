// `postern policy …`: the security team's commands. build, check and test need the OPA compiler and no
// sidecar; status asks a running one.
import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { GetPolicyStatusResponse__Output } from '../grpc/gen/postern/v1/GetPolicyStatusResponse.ts';
import { type AdminOptions, adminCommand, withAdmin } from './connection.ts';
import { EXIT } from './exit-code.ts';
import { wholeNumber } from './option-values.ts';
import { type Output, printable } from './output.ts';
import type { PolicyBuild, PolicyFinding, PolicyTestRun } from './ports.ts';
import { newCommand, newGroup, type OutputOptions, type Shell } from './shell.ts';
import { timeText } from './timestamps.ts';

/** Where a directory's own bundle is, and where the sidecar looks for it. */
const BUNDLE_DIRECTORY = 'bundle';

function directoryOf(shell: Shell, given: string | undefined): string {
  return given === undefined ? shell.ports.policyDirectory : resolve(shell.terminal.workingDirectory, given);
}

/** `policies/postern/limits.rego:12`, as editors and terminals link it. */
function placeText(shell: Shell, directory: string, { file, line }: PolicyFinding): string {
  if (file === '') return '';
  const path = relative(shell.terminal.workingDirectory, resolve(directory, file));
  return line === 0 ? path : `${path}:${line}`;
}

function printFindings(
  shell: Shell,
  output: Output,
  directory: string,
  findings: readonly PolicyFinding[],
): void {
  for (const finding of findings) {
    const place = placeText(shell, directory, finding);
    output.line(`${place === '' ? '' : `${output.tone('strong', place)} `}${printable(finding.message)}`);
  }
}

function policyBuildView({ revision, output, evaluatedBecauseOf, problems }: PolicyBuild) {
  const ok = problems.length === 0;
  return { ok, revision, output, evaluated_because_of: evaluatedBecauseOf, problems };
}

function printBuild(output: Output, built: PolicyBuild): void {
  output.line(`built revision ${built.revision.slice(0, 12)} into ${built.output}`);
  if (built.evaluatedBecauseOf.length === 0) return;
  const leaves = built.evaluatedBecauseOf.join(', ');
  output.line(
    `Every check is evaluated, because the policy reads ${leaves}; without, answers are remembered.`,
  );
}

function buildCommand(shell: Shell): Command {
  return newCommand('build', 'compile a directory of Rego and data into a bundle')
    .argument('[directory]', 'the sources (default: the policies that come with the program)')
    .option('--output <directory>', 'where the bundle goes (default: `bundle` within the sources)')
    .action((given: string | undefined, options: OutputOptions & { output?: string }) =>
      shell.run(options, async (output) => {
        const directory = directoryOf(shell, given);
        const target =
          options.output === undefined
            ? join(directory, BUNDLE_DIRECTORY)
            : resolve(shell.terminal.workingDirectory, options.output);
        const built = await shell.ports.workbench.build(directory, target);
        const isBuilt = built.problems.length === 0;
        if (output.isJson) output.json(policyBuildView(built));
        else if (isBuilt) printBuild(output, built);
        else printFindings(shell, output, directory, built.problems);
        return isBuilt ? EXIT.done : EXIT.no;
      }),
    );
}

function checkCommand(shell: Shell): Command {
  return newCommand('check', 'say all that can be said about policies without running them')
    .argument('[directory]', 'the sources (default: the policies that come with the program)')
    .action((given: string | undefined, options: OutputOptions) =>
      shell.run(options, async (output) => {
        const directory = directoryOf(shell, given);
        const findings = await shell.ports.workbench.check(directory);
        if (output.isJson) output.json({ ok: findings.length === 0, findings });
        else if (findings.length === 0) output.line('no findings');
        else printFindings(shell, output, directory, findings);
        return findings.length === 0 ? EXIT.done : EXIT.no;
      }),
    );
}

function printTests(shell: Shell, output: Output, directory: string, run: PolicyTestRun): void {
  for (const test of run.tests.filter(({ outcome }) => outcome !== 'passed')) {
    const place = placeText(shell, directory, { ...test, message: '' });
    output.line(`${output.tone('bad', test.outcome)} ${printable(test.name)} ${place}`);
    if (test.output !== '') output.line(test.output.split('\n').map(printable).join('\n'));
  }
  printFindings(shell, output, directory, run.problems);
  const passed = run.tests.filter(({ outcome }) => outcome === 'passed').length;
  const coverage = run.coverage === null ? '' : `, ${run.coverage} % of the lines reached`;
  output.line(
    output.tone(run.ok ? 'good' : 'bad', `${passed} of ${run.tests.length} tests passed${coverage}`),
  );
}

/** Exactly what the port declares: the compiler's own result may hold more. */
function policyTestView({ ok, tests, coverage, problems }: PolicyTestRun) {
  const views = tests.map(({ name, outcome, file, line, output }) => ({ name, outcome, file, line, output }));
  return { ok, tests: views, coverage, problems };
}

function testCommand(shell: Shell): Command {
  return newCommand('test', 'run the Rego tests of a directory')
    .argument('[directory]', 'the sources (default: the policies that come with the program)')
    .option(
      '--coverage <percent>',
      'least share of lines that the tests must reach',
      wholeNumber(0, 100),
      100,
    )
    .action((given: string | undefined, options: OutputOptions & { coverage: number }) =>
      shell.run(options, async (output) => {
        const directory = directoryOf(shell, given);
        const run = await shell.ports.workbench.test(directory, options.coverage);
        if (output.isJson) output.json(policyTestView(run));
        else printTests(shell, output, directory, run);
        return run.ok ? EXIT.done : EXIT.no;
      }),
    );
}

/** The policy in force under the contract's own names, for machines. */
export function policyStatusView(status: GetPolicyStatusResponse__Output) {
  const refusal = status.lastRefusal;
  return {
    active_revision: status.activeRevision,
    activated_at: timeText(status.activatedAt),
    source: status.source,
    trust: status.trust,
    generation: Number(status.generation),
    last_refusal: refusal && {
      refused_at: timeText(refusal.refusedAt),
      revision: refusal.revision,
      problems: refusal.problems.map(({ file, line, message }) => ({ file, line, message })),
    },
  };
}

function statusCommand(shell: Shell): Command {
  return adminCommand('status', 'show the policy in force, and why the last candidate was refused').action(
    (options: AdminOptions) =>
      withAdmin(shell, options, async (client, output) => {
        const view = policyStatusView(await client.policy.status({}));
        if (output.isJson) {
          output.json(view);
          return EXIT.done;
        }
        output.pairs([
          [
            'revision',
            view.active_revision === ''
              ? output.tone('bad', 'none: no check is answered')
              : view.active_revision,
          ],
          ['active since', view.activated_at ?? ''],
          ['source', printable(view.source)],
          ['trust', view.trust],
          ['generation', String(view.generation)],
        ]);
        if (view.last_refusal === null) return EXIT.done;
        output.line();
        output.line(
          output.tone(
            'warn',
            `A newer one was refused at ${view.last_refusal.refused_at ?? 'an unknown time'}:`,
          ),
        );
        printFindings(shell, output, view.source, view.last_refusal.problems);
        return EXIT.done;
      }),
  );
}

/** `policy`. */
export function policyCommand(shell: Shell): Command {
  return newGroup('policy', 'policies: build, check, test, and what is in force')
    .addCommand(buildCommand(shell))
    .addCommand(checkCommand(shell))
    .addCommand(testCommand(shell))
    .addCommand(statusCommand(shell));
}
