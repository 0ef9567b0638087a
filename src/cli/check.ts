// `postern check`: one check, as a host would make it. Exit code 0 allow, 1 deny, 2 error, so that a
// failure can never be taken for an allow.
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { structOf } from '../client/struct.ts';
import { COST_MAX, type JsonObject } from '../core/request.ts';
import type { CheckRequest } from '../grpc/gen/postern/v1/CheckRequest.ts';
import type { Resource } from '../grpc/gen/postern/v1/Resource.ts';
import { checkView, printCheck } from './check-answer.ts';
import { type DecisionOptions, decisionCommand, withDecision } from './connection.ts';
import { EXIT } from './exit-code.ts';
import { type KeySourceOptions, readKey } from './key-source.ts';
import { jsonObject, severalTexts, wholeNumber } from './option-values.ts';
import type { Shell } from './shell.ts';
import { UsageError } from './usage-error.ts';

interface CheckOptions extends DecisionOptions, KeySourceOptions {
  readonly operation: string;
  readonly resource?: string;
  readonly owner?: string;
  readonly attributes?: JsonObject;
  readonly claim?: readonly string[];
  readonly sourceIp?: string;
  readonly userAgent?: string;
  readonly cost?: number;
  readonly context?: JsonObject;
  readonly requestId?: string;
  readonly correlationId?: string;
}

/** `bank:bnk_1` is a type and an id; `bank` a type alone. */
function resourceOf({ resource, owner, attributes }: CheckOptions): Resource | null {
  if (resource === undefined) {
    if (owner === undefined && attributes === undefined) return null;
    throw new UsageError('--owner and --attributes describe a resource: name it with --resource');
  }
  const colon = resource.indexOf(':');
  return {
    type: colon < 0 ? resource : resource.slice(0, colon),
    id: colon < 0 ? '' : resource.slice(colon + 1),
    companyId: owner ?? '',
    attributes: attributes === undefined ? null : structOf(attributes),
  };
}

/** The request that the options describe. Exported for tests: it is the whole mapping. */
export function checkRequestOf(options: CheckOptions, key: string | null): CheckRequest {
  return {
    requestId: options.requestId ?? `cli-${randomUUID()}`,
    correlationId: options.correlationId ?? '',
    ...(key === null ? {} : { apiKey: key }),
    operation: options.operation,
    resource: resourceOf(options),
    claimedCompanyIds: [...(options.claim ?? [])],
    source: { ip: options.sourceIp ?? '', userAgent: options.userAgent ?? '' },
    cost: options.cost ?? 0,
    context: options.context === undefined ? null : structOf(options.context),
  };
}

/** `check`. */
export function checkCommand(shell: Shell): Command {
  return decisionCommand('check', 'decide one call; exit code 0 allow, 1 deny, 2 error')
    .requiredOption('--operation <name>', 'operation of the policy’s catalogue, such as payments.create')
    .option(
      '--key-file <file>',
      'file with the key; `-` is standard input (else POSTERN_KEY, else standard input)',
    )
    .option('--no-key', 'check without a credential')
    .option('--resource <type:id>', 'resource of the call, such as bank:bnk_1')
    .option('--owner <company>', 'company that owns the resource, as the host knows it')
    .option('--attributes <json>', 'attributes of the resource', jsonObject)
    .option('--claim <company>', 'company id that the caller supplied; may be repeated', severalTexts)
    .option('--source-ip <address>', 'address of the partner')
    .option('--user-agent <text>', 'user agent of the partner')
    .option('--cost <number>', 'weight of the call as the host sees it', wholeNumber(0, COST_MAX))
    .option('--context <json>', 'further facts for the policy', jsonObject)
    .option('--request-id <id>', 'id of the request (default: a new one)')
    .option('--correlation-id <id>', 'id that ties requests together')
    .action((options: CheckOptions) =>
      withDecision(shell, options, async (client, output) => {
        const request = checkRequestOf(options, await readKey(options, shell.terminal));
        const answer = await client.authorization.check(request);
        if (output.isJson) output.json(checkView(answer));
        else printCheck(output, answer);
        return answer.effect === 'EFFECT_ALLOW' ? EXIT.done : EXIT.no;
      }),
    );
}
