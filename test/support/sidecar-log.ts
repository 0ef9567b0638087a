/**
 * The audit log of a running sidecar as its own services tell it: every record, parsed, and whether the
 * whole verifies.
 */
import type { SidecarClient } from '../../src/client/connect.ts';
import type { VerifyResult__Output } from '../../src/grpc/gen/postern/v1/VerifyResult.ts';

/** A record; members differ by kind. */
export interface LoggedRecord {
  readonly index: number;
  /** The exact bytes. */
  readonly leaf: Buffer;
  readonly kind: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/** All records from an index on, as far as the log goes now. */
export async function readRecords(admin: SidecarClient, fromIndex = 0): Promise<LoggedRecord[]> {
  const records: LoggedRecord[] = [];
  for await (const page of admin.audit.tail({ fromIndex, stopAtEnd: true })) {
    for (const { index, leaf } of page.records) {
      const record = JSON.parse(leaf.toString('utf8')) as Record<string, unknown>;
      records.push({ index: Number(index), leaf, kind: String(record['kind']), record });
    }
  }
  return records;
}

/** What VerifyLog ends with. */
export async function verifyLog(admin: SidecarClient): Promise<VerifyResult__Output> {
  let result: VerifyResult__Output | null = null;
  for await (const progress of admin.audit.verify({})) result = progress.result ?? result;
  if (result === null) throw new Error('the verification ended without a result');
  return result;
}

/** The member `check` of a decision. */
export function checkOf({ record }: Pick<LoggedRecord, 'record'>): Readonly<Record<string, unknown>> {
  return (record['check'] ?? {}) as Record<string, unknown>;
}
