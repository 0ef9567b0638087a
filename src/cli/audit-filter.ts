// The options that choose audit records, and the filter they make.
import { type Command, Option } from 'commander';
import { REASON_TABLE, type Reason } from '../core/reason.ts';
import type { Timestamp } from '../grpc/gen/google/protobuf/Timestamp.ts';
import { Reason as WireReason } from '../grpc/gen/postern/v1/Reason.ts';
import type { RecordFilter } from '../grpc/gen/postern/v1/RecordFilter.ts';
import { oneOf, severalTexts } from './option-values.ts';
import { parseTime } from './timestamps.ts';

export interface FilterOptions {
  readonly kind?: readonly string[];
  readonly company?: string;
  readonly keyId?: string;
  readonly operation?: string;
  readonly effect?: 'allow' | 'deny';
  readonly reason?: readonly Reason[];
  readonly requestId?: string;
  readonly correlationId?: string;
  readonly decisionId?: string;
  readonly since?: Timestamp;
  readonly until?: Timestamp;
}

const REASONS: readonly Reason[] = REASON_TABLE.map(({ name }) => name);
const reason = oneOf(REASONS);

/** Adds the filter's options to a command. */
export function withFilterOptions(command: Command): Command {
  return command
    .option('--kind <kind>', 'of this kind, such as decision or admin; may be repeated', severalTexts)
    .option('--company <company>', 'of this resolved company')
    .option('--key-id <id>', 'of this key, by its id')
    .option('--operation <name>', 'of this operation')
    .addOption(new Option('--effect <effect>', 'allow or deny').argParser(oneOf(['allow', 'deny'] as const)))
    .option(
      '--reason <reason>',
      'of this reason; may be repeated',
      (text: string, before: readonly Reason[] = []) => [...before, ...severalTexts(text).map(reason)],
    )
    .option('--request-id <id>', 'of this request')
    .option('--correlation-id <id>', 'of this correlation id')
    .option('--decision-id <id>', 'of this decision')
    .option('--since <time>', 'settled at or after: RFC 3339, or an offset such as -1h', parseTime)
    .option('--until <time>', 'settled before', parseTime);
}

/** The filter that the options describe. */
export function filterOf(options: FilterOptions): RecordFilter {
  const reasons = (options.reason ?? []).map(
    (name) => WireReason[`REASON_${name.toUpperCase()}` as keyof typeof WireReason],
  );
  const effects = { allow: 'EFFECT_ALLOW', deny: 'EFFECT_DENY' } as const;
  return {
    kinds: [...(options.kind ?? [])],
    companyId: options.company ?? '',
    keyId: options.keyId ?? '',
    operation: options.operation ?? '',
    effect: options.effect === undefined ? 'EFFECT_UNSPECIFIED' : effects[options.effect],
    reasons,
    requestId: options.requestId ?? '',
    correlationId: options.correlationId ?? '',
    decisionId: options.decisionId ?? '',
    since: options.since ?? null,
    until: options.until ?? null,
  };
}
