// `postern companies …`: create, look at, suspend and reactivate companies.
import { type Command, Option } from 'commander';
import type { Company__Output } from '../grpc/gen/postern/v1/Company.ts';
import { type AdminOptions, adminCommand, withAdmin } from './connection.ts';
import { enumName } from './enum-name.ts';
import { EXIT } from './exit-code.ts';
import { collectPages, remarkLeftOut } from './list-pages.ts';
import { oneOf, wholeNumber } from './option-values.ts';
import { type Output, printable } from './output.ts';
import { newGroup, type Shell } from './shell.ts';
import { timeText } from './timestamps.ts';

const STATUSES = {
  active: 'COMPANY_STATUS_ACTIVE',
  suspended: 'COMPANY_STATUS_SUSPENDED',
  closed: 'COMPANY_STATUS_CLOSED',
} as const;
type StatusName = keyof typeof STATUSES;
const STATUS_NAMES: readonly StatusName[] = ['active', 'suspended', 'closed'];

/** A company under the contract's own names, for machines. */
export function companyView(company: Company__Output) {
  return {
    company_id: company.companyId,
    status: enumName(company.status, 'COMPANY_STATUS_'),
    plan: company.plan,
    label: company.label,
    created_at: timeText(company.createdAt),
    version: Number(company.version),
  };
}

function printCompany(output: Output, company: Company__Output | null): number {
  if (company === null) return EXIT.no;
  const view = companyView(company);
  if (output.isJson) output.json(view);
  else {
    output.pairs([
      ['company', view.company_id],
      ['status', view.status],
      ['plan', printable(view.plan)],
      ['label', printable(view.label)],
      ['created', view.created_at ?? ''],
      ['version', String(view.version)],
    ]);
  }
  return EXIT.done;
}

function createCommand(shell: Shell): Command {
  return adminCommand('create', 'create a company')
    .argument('<company>', 'its id: a letter or digit, then up to 63 of letters, digits, `.`, `_`, `:`, `-`')
    .option('--plan <name>', 'its plan, as in the policy’s data (default: standard)')
    .option('--label <text>', 'a name for people')
    .action((companyId: string, options: AdminOptions & { plan?: string; label?: string }) =>
      withAdmin(shell, options, async (client, output) => {
        const request = { companyId, plan: options.plan ?? '', label: options.label ?? '' };
        return printCompany(output, (await client.companies.create(request)).company);
      }),
    );
}

function listCommand(shell: Shell): Command {
  return adminCommand('list', 'list companies, oldest first')
    .addOption(new Option('--status <status>', 'only of this status').argParser(oneOf(STATUS_NAMES)))
    .option('--limit <number>', 'how many at most', wholeNumber(1, 1_000_000), 1_000)
    .action((options: AdminOptions & { status?: StatusName; limit: number }) =>
      withAdmin(shell, options, async (client, output) => {
        const status = options.status === undefined ? 'COMPANY_STATUS_UNSPECIFIED' : STATUSES[options.status];
        const listed = await collectPages(options.limit, async (pageSize, pageToken) => {
          const page = await client.companies.list({ status, pageSize, pageToken });
          const { companies: rows, editedCompanyIds: editedIds, nextPageToken } = page;
          return { rows, editedIds, nextPageToken };
        });
        const views = listed.rows.map(companyView);
        if (output.isJson) {
          output.json({ companies: views, edited: listed.editedIds, complete: listed.isComplete });
        } else {
          const cells = views.map((view) => [
            view.company_id,
            view.status,
            printable(view.plan),
            printable(view.label),
            view.created_at ?? '',
          ]);
          output.table(['company', 'status', 'plan', 'label', 'created'], cells);
          remarkLeftOut(output, listed, options.limit);
        }
        return EXIT.done;
      }),
    );
}

function suspendCommand(shell: Shell): Command {
  return adminCommand('suspend', 'stop every key of a company; a check that starts afterwards is denied')
    .argument('<company>')
    .option('--reason <text>', 'why, for the audit log')
    .action((companyId: string, options: AdminOptions & { reason?: string }) =>
      withAdmin(shell, options, async (client, output) =>
        printCompany(
          output,
          (await client.companies.suspend({ companyId, reason: options.reason ?? '' })).company,
        ),
      ),
    );
}

/** `companies`. */
export function companiesCommand(shell: Shell): Command {
  const get = adminCommand('get', 'show a company')
    .argument('<company>')
    .action((companyId: string, options: AdminOptions) =>
      withAdmin(shell, options, async (client, output) =>
        printCompany(output, (await client.companies.get({ companyId })).company),
      ),
    );
  const reactivate = adminCommand('reactivate', 'let a suspended company’s keys work again')
    .argument('<company>')
    .action((companyId: string, options: AdminOptions) =>
      withAdmin(shell, options, async (client, output) =>
        printCompany(output, (await client.companies.reactivate({ companyId })).company),
      ),
    );
  return newGroup('companies', 'the companies that own keys')
    .addCommand(createCommand(shell))
    .addCommand(get)
    .addCommand(listCommand(shell))
    .addCommand(suspendCommand(shell))
    .addCommand(reactivate);
}
