// `postern audit …`: query and follow the log through a running sidecar. Verifying it stands in a file of its
// own, because it also works where none runs.
import type { Command } from 'commander';
import { type FilterOptions, filterOf, withFilterOptions } from './audit-filter.ts';
import { type AdminOptions, adminCommand, withAdmin } from './connection.ts';
import { EXIT } from './exit-code.ts';
import { isCallError } from './failure.ts';
import { collectPages } from './list-pages.ts';
import { wholeNumber } from './option-values.ts';
import { RECORD_COLUMNS, recordRow, recordView } from './record-view.ts';
import { newGroup, type Shell } from './shell.ts';
import { verifyCommand } from './verify.ts';

function queryCommand(shell: Shell): Command {
  return withFilterOptions(adminCommand('query', 'find records, newest first'))
    .option('--limit <number>', 'how many at most', wholeNumber(1, 1_000_000), 50)
    .action((options: AdminOptions & FilterOptions & { limit: number }) =>
      withAdmin(shell, options, async (client, output) => {
        const filter = filterOf(options);
        let completeBelow = '0';
        let logSize = '0';
        const { rows, isComplete } = await collectPages(options.limit, async (pageSize, pageToken) => {
          const page = await client.audit.query({ filter, pageSize, pageToken });
          ({ completeBelow, logSize } = page);
          return { rows: page.records, nextPageToken: page.nextPageToken };
        });
        if (output.isJson) {
          output.json({
            records: rows.map(recordView),
            complete: isComplete,
            complete_below: Number(completeBelow),
            log_size: Number(logSize),
          });
          return EXIT.done;
        }
        output.table(RECORD_COLUMNS, rows.map(recordRow));
        if (!isComplete) output.remark(`There are more than ${options.limit}: give a higher --limit.`);
        const missing = Number(logSize) - Number(completeBelow);
        if (missing > 0)
          output.remark(`The newest ${missing} records are not indexed yet: \`audit tail\` shows them.`);
        return EXIT.done;
      }),
    );
}

interface TailOptions extends AdminOptions, FilterOptions {
  readonly from?: number;
  readonly stopAtEnd?: boolean;
}

/** Columns of fixed width: a stream cannot wait for its widest row. */
const TAIL_WIDTHS = [7, 24, 13, 5, 25, 16, 40, 0];

function tailCommand(shell: Shell): Command {
  return withFilterOptions(adminCommand('tail', 'follow the log in its own order'))
    .option(
      '--from <index>',
      'first record to show (default: 0 with --since, else those that come from now on)',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .option('--stop-at-end', 'end at the log’s present size')
    .action((options: TailOptions) =>
      withAdmin(shell, options, async (client, output) => {
        // Who asks for a time that has passed wants what is there, too.
        const fromIndex = options.from ?? (options.since === undefined ? undefined : 0);
        const request = {
          filter: filterOf(options),
          stopAtEnd: options.stopAtEnd === true,
          ...(fromIndex === undefined ? {} : { fromIndex }),
        };
        const signal = shell.terminal.untilInterrupted();
        try {
          for await (const { records } of client.audit.tail(request, { signal })) {
            for (const record of records) {
              if (output.isJson) output.json(recordView(record));
              else
                output.line(
                  recordRow(record)
                    .map((cell, at) => cell.padEnd(TAIL_WIDTHS[at] ?? 0))
                    .join(' ')
                    .trimEnd(),
                );
            }
          }
        } catch (error) {
          if (!(signal.aborted && isCallError(error))) throw error;
        }
        return EXIT.done;
      }),
    );
}

/** `audit`. */
export function auditCommand(shell: Shell): Command {
  return newGroup('audit', 'the audit log: query, follow, verify')
    .addCommand(queryCommand(shell))
    .addCommand(tailCommand(shell))
    .addCommand(verifyCommand(shell));
}
