// `postern keys …`: the life of API keys. A secret is shown once, when it is created, and can be
// written into a private file instead, so that it stays out of the terminal's history.
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { SidecarClient } from '../client/connect.ts';
import type { Timestamp } from '../grpc/gen/google/protobuf/Timestamp.ts';
import type { CreateKeyResponse__Output } from '../grpc/gen/postern/v1/CreateKeyResponse.ts';
import type { Key__Output } from '../grpc/gen/postern/v1/Key.ts';
import { type AdminOptions, adminCommand, withAdmin } from './connection.ts';
import { EXIT } from './exit-code.ts';
import { keyView, printKey, printKeys } from './key-view.ts';
import { collectPages, remarkLeftOut } from './list-pages.ts';
import { oneOf, severalTexts, wholeNumber } from './option-values.ts';
import type { Output } from './output.ts';
import { type PrivateFile, reservePrivateFile } from './private-file.ts';
import { newGroup, type Shell } from './shell.ts';
import { parseTime } from './timestamps.ts';

const STATUSES = {
  active: 'KEY_STATUS_ACTIVE',
  inactive: 'KEY_STATUS_INACTIVE',
  revoked: 'KEY_STATUS_REVOKED',
} as const;
type StatusName = keyof typeof STATUSES;
const STATUS_NAMES: readonly StatusName[] = ['active', 'inactive', 'revoked'];

interface CreateOptions extends AdminOptions {
  readonly company: string;
  readonly environment: 'live' | 'test';
  readonly label?: string;
  readonly scope?: readonly string[];
  readonly network?: readonly string[];
  readonly notBefore?: Timestamp;
  readonly expires?: Timestamp;
  readonly requestId?: string;
  readonly secretFile?: string;
}

function printOne(output: Output, key: Key__Output | null): number {
  if (key === null) return EXIT.no;
  if (output.isJson) output.json(keyView(key));
  else printKey(output, key);
  return EXIT.done;
}

function printCreated(output: Output, created: CreateKeyResponse__Output, file: PrivateFile | null): number {
  if (created.key === null) return EXIT.no;
  file?.fill(`${created.secret}\n`);
  const secret = file === null ? { secret: created.secret } : { secret_file: file.path };
  if (output.isJson) {
    output.json({ ...keyView(created.key), ...secret });
    return EXIT.done;
  }
  printKey(output, created.key);
  output.line();
  if (file !== null) output.line(`The key is in ${file.path}. It is stored nowhere else.`);
  else {
    output.line(created.secret);
    output.remark('This is the only time the key is shown. Only a keyed hash of it is stored.');
  }
  return EXIT.done;
}

function create(client: SidecarClient, options: CreateOptions): Promise<CreateKeyResponse__Output> {
  return client.keys.create({
    requestId: options.requestId ?? `cli-${randomUUID()}`,
    companyId: options.company,
    environment: options.environment,
    label: options.label ?? '',
    scopes: [...(options.scope ?? [])],
    networks: [...(options.network ?? [])],
    notBefore: options.notBefore ?? null,
    expiresAt: options.expires ?? null,
  });
}

function createCommand(shell: Shell): Command {
  const environment = new Option('--environment <name>', 'live or test').argParser(
    oneOf(['live', 'test'] as const),
  );
  return adminCommand('create', 'create a key and show it once')
    .requiredOption('--company <company>', 'the owning company')
    .addOption(environment.default('live'))
    .option('--label <text>', 'a name for people')
    .option('--scope <scope>', 'a scope such as payments:create or payments:*; may be repeated', severalTexts)
    .option('--network <cidr>', 'a network that the key may be used from; may be repeated', severalTexts)
    .option('--not-before <time>', 'when it starts to work: RFC 3339, or an offset such as +1h', parseTime)
    .option('--expires <time>', 'when it stops to work: RFC 3339, or an offset such as +90d', parseTime)
    .option('--request-id <id>', 'makes a repetition safe: it answers ALREADY_EXISTS with the key’s id')
    .option('--secret-file <file>', 'write the key into a new file of mode 0600 instead of showing it')
    .action((options: CreateOptions) =>
      withAdmin(shell, options, async (client, output) => {
        const path = options.secretFile;
        // Taken before the key is made: a key that cannot be kept would be lost.
        const file =
          path === undefined ? null : reservePrivateFile(resolve(shell.terminal.workingDirectory, path));
        try {
          return printCreated(output, await create(client, options), file);
        } finally {
          file?.release();
        }
      }),
    );
}

function listCommand(shell: Shell): Command {
  return adminCommand('list', 'list keys, oldest first; never a secret')
    .option('--company <company>', 'only of this company')
    .addOption(new Option('--status <status>', 'only of this status').argParser(oneOf(STATUS_NAMES)))
    .option('--limit <number>', 'how many at most', wholeNumber(1, 1_000_000), 1_000)
    .action((options: AdminOptions & { company?: string; status?: StatusName; limit: number }) =>
      withAdmin(shell, options, async (client, output) => {
        const status = options.status === undefined ? 'KEY_STATUS_UNSPECIFIED' : STATUSES[options.status];
        const listed = await collectPages(options.limit, async (pageSize, pageToken) => {
          const page = await client.keys.list({
            companyId: options.company ?? '',
            status,
            pageSize,
            pageToken,
          });
          return { rows: page.keys, editedIds: page.editedKeyIds, nextPageToken: page.nextPageToken };
        });
        const { rows, editedIds, isComplete } = listed;
        if (output.isJson) output.json({ keys: rows.map(keyView), edited: editedIds, complete: isComplete });
        else {
          printKeys(output, rows);
          remarkLeftOut(output, listed, options.limit);
        }
        return EXIT.done;
      }),
    );
}

type KeyCall = (client: SidecarClient, keyId: string) => Promise<{ readonly key: Key__Output | null }>;

function keyCommand(shell: Shell, name: string, description: string, call: KeyCall): Command {
  return adminCommand(name, description)
    .argument('<key-id>', 'id of the key (`key_…`), never the key')
    .action((keyId: string, options: AdminOptions) =>
      withAdmin(shell, options, async (client, output) => printOne(output, (await call(client, keyId)).key)),
    );
}

function revokeCommand(shell: Shell): Command {
  return adminCommand('revoke', 'end a key for good; a check that starts afterwards is denied')
    .argument('<key-id>', 'id of the key (`key_…`), never the key')
    .option('--reason <text>', 'why, for the audit log')
    .action((keyId: string, options: AdminOptions & { reason?: string }) =>
      withAdmin(shell, options, async (client, output) =>
        printOne(output, (await client.keys.revoke({ keyId, reason: options.reason ?? '' })).key),
      ),
    );
}

/** `keys`. */
export function keysCommand(shell: Shell): Command {
  return newGroup('keys', 'the life of API keys')
    .addCommand(createCommand(shell))
    .addCommand(
      keyCommand(shell, 'get', 'show a key’s record; never the key', (client, keyId) =>
        client.keys.get({ keyId }),
      ),
    )
    .addCommand(listCommand(shell))
    .addCommand(
      keyCommand(shell, 'activate', 'make a deactivated key work again', (client, keyId) =>
        client.keys.activate({ keyId }),
      ),
    )
    .addCommand(
      keyCommand(shell, 'deactivate', 'make a key stop working until it is activated', (client, keyId) =>
        client.keys.deactivate({ keyId }),
      ),
    )
    .addCommand(revokeCommand(shell));
}
