// `postern doctor`: looks at everything that a sidecar here depends on, and at the sidecar if it runs.
// It changes nothing, and exits 1 when something would keep checks from being answered rightly.
import type { Command } from 'commander';
import type { GetStatusResponse__Output } from '../grpc/gen/postern/v1/GetStatusResponse.ts';
import { type AdminOptions, adminAddress, adminCommand, placeOf } from './connection.ts';
import { EXIT } from './exit-code.ts';
import { failureOf } from './failure.ts';
import { type Output, printable, type Tone } from './output.ts';
import type { DoctorFinding, SidecarPlace } from './ports.ts';
import type { Shell } from './shell.ts';
import { clockOffsetText, durationText, durationUs } from './timestamps.ts';
import { toldWith } from './unreachable.ts';

const TONES: Readonly<Record<DoctorFinding['state'], Tone>> = { ok: 'good', warn: 'warn', fail: 'bad' };

/** Further than this from the machine's time, certificates and expiries are judged differently. */
const WALL_OFFSET_WARN_US = 5_000_000;

/** What is to be expected of a sidecar that no checks should be sent to. */
function notReadyText({ notReadyBecause, clock }: GetStatusResponse__Output): string {
  // The other reasons each keep every check from being allowed; in a time of its own it decides as ever.
  const isClockOnly = clock?.jumpPending === true && notReadyBecause.length === 1;
  const still = isClockOnly ? 'checks that reach it are answered, in its own time' : 'no check is allowed';
  return `is not ready: ${notReadyBecause.join('; ')}; ${still}`;
}

function statusFindings(status: GetStatusResponse__Output): DoctorFinding[] {
  const { ledger, clock } = status;
  const kills = status.evaluators.reduce((sum, { kills: count }) => sum + count, 0);
  const serving = status.evaluators.filter(({ state }) => state === 'serving').length;
  const behind = Number(ledger?.logSize ?? 0) - Number(ledger?.indexed ?? 0);
  const offsetUs = durationUs(clock?.wallOffset ?? null);
  return [
    {
      name: 'sidecar',
      state: status.ready ? 'ok' : 'fail',
      detail: status.ready
        ? `${status.version} answers checks at ${status.decisionAddresses.join(' and ')}`
        : notReadyText(status),
    },
    {
      name: 'ledger',
      state: ledger?.writable === true ? 'ok' : 'fail',
      detail: `${ledger?.logSize ?? 0} records, durability ${ledger?.durability ?? 'unknown'}, ${behind} not indexed yet`,
    },
    {
      name: 'evaluators',
      state: kills > 0 ? 'warn' : 'ok',
      detail: `${serving} of ${status.evaluators.length} serving, ended by the watchdog ${kills} times`,
    },
    {
      name: 'sidecar clock',
      state: clock?.jumpPending === true ? 'fail' : Math.abs(offsetUs) > WALL_OFFSET_WARN_US ? 'warn' : 'ok',
      detail:
        clock?.jumpPending === true
          ? `the machine’s time jumped by ${durationText(offsetUs)}: \`postern clock accept\` adopts it`
          : clockOffsetText(offsetUs),
    },
  ];
}

async function askSidecar(shell: Shell, options: AdminOptions): Promise<DoctorFinding[]> {
  const { connect } = await import('../client/connect.ts');
  const address = adminAddress(shell, options);
  const client = connect({ address, deadlineMs: options.timeoutMs ?? 3_000 });
  try {
    const [status, policy] = await Promise.all([client.system.status({}), client.policy.status({})]);
    const refusal = policy.lastRefusal;
    return [
      ...statusFindings(status),
      {
        name: 'policy',
        state: policy.activeRevision === '' ? 'fail' : refusal === null ? 'ok' : 'warn',
        detail:
          refusal === null
            ? `revision ${policy.activeRevision.slice(0, 12)} from ${policy.source}, ${policy.trust}`
            : `a newer one was refused: ${refusal.problems.map(({ message }) => message).join('; ')}`,
      },
    ];
  } catch (error) {
    const { code, message } = failureOf(toldWith(address, error));
    const state = code === 'unreachable' ? 'warn' : 'fail';
    return [{ name: 'sidecar', state, detail: `not asked: ${message}` }];
  } finally {
    client.close();
  }
}

/** What no sidecar can see by itself, said every time. */
const ROLLBACK: DoctorFinding = {
  name: 'rollback',
  state: 'warn',
  detail:
    'a restored old copy of the data could not be noticed: no checkpoint is kept elsewhere (a later part)',
};

async function examine(shell: Shell, options: AdminOptions): Promise<DoctorFinding[]> {
  let place: SidecarPlace;
  try {
    place = placeOf(shell, options);
  } catch (error) {
    const { message, details } = failureOf(error);
    return [{ name: 'configuration', state: 'fail', detail: [message, ...details].join('; ') }];
  }
  const findings: DoctorFinding[] = [
    { name: 'configuration', state: 'ok', detail: `data in ${place.dataDirectory}` },
  ];
  for (const probe of shell.ports.probes) findings.push(...(await probe(place)));
  return [...findings, ...(await askSidecar(shell, options)), ROLLBACK];
}

function printFindings(output: Output, findings: readonly DoctorFinding[]): void {
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const { name, state, detail } of findings) {
    output.line(`${output.tone(TONES[state], state.padEnd(4))}  ${name.padEnd(width)}  ${printable(detail)}`);
  }
}

/** `doctor`. */
export function doctorCommand(shell: Shell): Command {
  return adminCommand(
    'doctor',
    'look at runtime, compiler, database, disk, clock, permissions and the sidecar',
  ).action((options: AdminOptions) =>
    shell.run(options, async (output) => {
      const findings = await examine(shell, options);
      const isSound = findings.every(({ state }) => state !== 'fail');
      if (output.isJson) output.json({ ok: isSound, findings });
      else printFindings(output, findings);
      return isSound ? EXIT.done : EXIT.no;
    }),
  );
}
