/** Companies and keys of a test, made through the admin services as anybody's are. */
import { randomUUID } from 'node:crypto';
import type { SidecarClient } from '../../src/client/connect.ts';
import type { CreateKeyRequest } from '../../src/grpc/gen/postern/v1/CreateKeyRequest.ts';

export interface MadeKey {
  readonly keyId: string;
  readonly secret: string;
}

/** Every scope that the default policies know. */
export const ALL_SCOPES = ['payments:*', 'banks:*', 'accounts:*', 'results:*', 'exports:*', 'jobs:*'];

export async function createCompany(admin: SidecarClient, companyId: string, plan = 'unlimited') {
  await admin.companies.create({ companyId, plan });
}

export async function createKey(
  admin: SidecarClient,
  companyId: string,
  further: Partial<CreateKeyRequest> = {},
): Promise<MadeKey> {
  const { key, secret } = await admin.keys.create({
    requestId: randomUUID(),
    companyId,
    environment: 'live',
    scopes: ALL_SCOPES,
    ...further,
  });
  if (key === null || key === undefined) throw new Error('the key was not told');
  return { keyId: key.keyId, secret };
}
