// The demo from start to end: a temporary sidecar, every chapter in order, then what it left on disk. It
// removes everything it made, however it ends.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';
import type { Shell } from '../shell.ts';
import { badCredentialsChapter } from './bad-credentials.ts';
import { companyScopeChapter } from './company-scope.ts';
import { limitsChapter } from './limits.ts';
import { policyEditChapter } from './policy-edit.ts';
import { auditChapter, filesChapter, restartChapter } from './records.ts';
import { revocationChapter } from './revocation.ts';
import { AURORA, BOREALIS, Stage } from './stage.ts';
import { StepRecorder } from './step-recorder.ts';
import { temporaryRoot } from './temporary-root.ts';

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

/** Plays everything. Exit code 1 on any difference. */
export async function runDemo(shell: Shell, output: Output): Promise<ExitCode> {
  const root = temporaryRoot('postern-demo-');
  const recorder = new StepRecorder(output);
  try {
    if (!output.isJson) output.line('Starting a temporary sidecar …');
    const stage = await openStage(shell, root.path);
    try {
      await play(stage, recorder);
    } finally {
      await stage.stop();
    }
    await filesChapter(stage, recorder);
  } finally {
    root.remove();
  }
  if (!output.isJson) {
    const text = `${recorder.steps} steps, ${recorder.differences} differences`;
    output.line(`\n${output.tone(recorder.differences === 0 ? 'good' : 'bad', text)}`);
  }
  return recorder.differences === 0 ? EXIT.done : EXIT.no;
}
