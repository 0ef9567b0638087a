// `postern clock accept`: adopts the machine's time after a jump that the sidecar did not believe.
import type { Command } from 'commander';
import { type AdminOptions, adminCommand, withAdmin } from './connection.ts';
import { EXIT } from './exit-code.ts';
import { newGroup, type Shell } from './shell.ts';
import { clockOffsetText, durationUs, timeText } from './timestamps.ts';

/** `clock`. */
export function clockCommand(shell: Shell): Command {
  const accept = adminCommand('accept', 'adopt the machine’s time after a jump; recorded in the audit log')
    .option('--reason <text>', 'why, for the audit log')
    .action((options: AdminOptions & { reason?: string }) =>
      withAdmin(shell, options, async (client, output) => {
        const { clock } = await client.system.acceptClock({ reason: options.reason ?? '' });
        if (clock === null) return EXIT.no;
        const view = {
          now: timeText(clock.now),
          wall_offset_us: durationUs(clock.wallOffset),
          jump_pending: clock.jumpPending,
        };
        if (output.isJson) output.json(view);
        else {
          output.pairs([
            ['time', view.now ?? ''],
            ['which is', clockOffsetText(view.wall_offset_us)],
            ['jump pending', view.jump_pending ? 'yes' : 'no'],
          ]);
        }
        return view.jump_pending ? EXIT.no : EXIT.done;
      }),
    );
  return newGroup('clock', 'the sidecar’s clock').addCommand(accept);
}
