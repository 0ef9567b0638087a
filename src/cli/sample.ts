// The fictional company and key of `npm start`, so that the first check needs no reading. They are made
// through the admin listener as anybody's are. It never touches a directory that holds other companies,
// and the key is written nowhere but into a private file outside the data directory.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SidecarClient } from '../client/connect.ts';
import type { CheckResponse__Output } from '../grpc/gen/postern/v1/CheckResponse.ts';
import { replacePrivateFile } from './private-file.ts';

export const SAMPLE_COMPANY = 'cmp_aurora';
/** Claimed in the welcome's second line, to be denied. */
export const OTHER_COMPANY = 'cmp_borealis';
/** Allowed by every plan and needs a scope, so that it shows more than a valid key. */
export const SAMPLE_OPERATION = 'payments.create';
const SAMPLE_SCOPES = ['payments:*', 'banks:*', 'accounts:read', 'results:read', 'exports:*', 'jobs:run'];

export interface SampleOptions {
  readonly admin: SidecarClient;
  readonly decision: SidecarClient;
  /** Absolute path of the key's file. */
  readonly keyFile: string;
}

/** `ready`: the key in the file works. `foreign`: the directory has other companies; nothing was made. */
export type SampleState = 'ready' | 'foreign';

function readSampleKey(keyFile: string): string | null {
  try {
    const key = readFileSync(keyFile, 'utf8').trim();
    return key === '' ? null : key;
  } catch {
    return null;
  }
}

async function createSampleKey({ admin, keyFile }: SampleOptions): Promise<void> {
  const { environment } = await admin.system.status({});
  const { secret } = await admin.keys.create({
    requestId: `sample-${randomUUID()}`,
    companyId: SAMPLE_COMPANY,
    environment,
    label: 'sample key of npm start',
    scopes: SAMPLE_SCOPES,
  });
  replacePrivateFile(keyFile, `${secret}\n`);
}

/** Asks with the key in the file, as the welcome's line will. Recorded as any check is. */
function tryKey(decision: SidecarClient, apiKey: string): Promise<CheckResponse__Output> {
  return decision.authorization.check({
    requestId: `sample-${randomUUID()}`,
    apiKey,
    operation: 'session.read',
  });
}

/** Reasons that say: the file's key is not one of this data directory. */
const NOT_OURS = new Set(['REASON_KEY_UNKNOWN', 'REASON_KEY_MALFORMED', 'REASON_KEY_REVOKED']);

/** Makes the sample in an empty directory; later makes sure that the file still holds a key that works. */
export async function ensureSample(options: SampleOptions): Promise<SampleState> {
  const { companies } = await options.admin.companies.list({ pageSize: 1_000 });
  if (companies.length === 0) {
    await options.admin.companies.create({ companyId: SAMPLE_COMPANY, label: 'Aurora (fictional sample)' });
    await createSampleKey(options);
    return 'ready';
  }
  if (!companies.some(({ companyId }) => companyId === SAMPLE_COMPANY)) return 'foreign';
  const key = readSampleKey(options.keyFile);
  const answer = key === null ? null : await tryKey(options.decision, key);
  if (answer === null || NOT_OURS.has(answer.reason)) await createSampleKey(options);
  return 'ready';
}
