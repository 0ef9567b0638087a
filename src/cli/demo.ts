// `postern demo`: a temporary sidecar, and every promise that matters tried on it over real gRPC. It
// exits non-zero on any difference, so that it can stand in a pipeline.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { badCredentialsChapter } from './demo/bad-credentials.ts';
import { companyScopeChapter } from './demo/company-scope.ts';
import { limitsChapter } from './demo/limits.ts';
import { policyEditChapter } from './demo/policy-edit.ts';
import { auditChapter, filesChapter, restartChapter } from './demo/records.ts';
import { revocationChapter } from './demo/revocation.ts';
import { AURORA, BOREALIS, Stage } from './demo/stage.ts';
import { StepRecorder } from './demo/step-recorder.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Output } from './output.ts';
import { newCommand, type OutputOptions, type Shell } from './shell.ts';

/** Failures that one source may make at once; kept small, so that the flood is short. */
const FAILURE_BURST = 5;

async function openStage(shell: Shell, root: string): Promise<Stage> {
  const policyPath = join(root, 'policies');
  const dataDirectory = join(root, 'data');
  cpSync(shell.ports.policyDirectory, policyPath, { recursive: true });
  const sidecar = await shell.ports.startSidecar({
    dataDirectory,
    policyPath,
    settings: {
      'policy.watch': true,
      'limits.sourceFailures.burst': FAILURE_BURST,
      'limits.sourceFailures.count': FAILURE_BURST,
      'limits.sourceFailures.periodMs': 3_600_000,
    },
  });
  return new Stage(sidecar, { dataDirectory, policyPath });
}

async function play(stage: Stage, recorder: StepRecorder): Promise<void> {
  await stage.admin.companies.create({ companyId: AURORA, label: 'Aurora (fictional)' });
  await stage.admin.companies.create({ companyId: BOREALIS, label: 'Borealis (fictional)' });
  await companyScopeChapter(stage, recorder);
  await badCredentialsChapter(stage, recorder, FAILURE_BURST);
  const usedUp = await limitsChapter(stage, recorder);
  const revoked = await revocationChapter(stage, recorder);
  await policyEditChapter(stage, recorder);
  await restartChapter(stage, recorder, { usedUp, revoked });
  await auditChapter(stage, recorder);
}

async function runDemo(shell: Shell, output: Output): Promise<ExitCode> {
  const root = mkdtempSync(join(tmpdir(), 'postern-demo-'));
  const recorder = new StepRecorder(output);
  try {
    if (!output.isJson) output.line('Starting a temporary sidecar …');
    const stage = await openStage(shell, root);
    try {
      await play(stage, recorder);
    } finally {
      await stage.stop();
    }
    await filesChapter(stage, recorder);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  if (!output.isJson) {
    const text = `${recorder.steps} steps, ${recorder.differences} differences`;
    output.line(`\n${output.tone(recorder.differences === 0 ? 'good' : 'bad', text)}`);
  }
  return recorder.differences === 0 ? EXIT.done : EXIT.no;
}

/** `demo`. */
export function demoCommand(shell: Shell): Command {
  return newCommand(
    'demo',
    'try every security case on a temporary sidecar; exit code 1 on any difference',
  ).action((options: OutputOptions) => shell.run(options, (output) => runDemo(shell, output)));
}
