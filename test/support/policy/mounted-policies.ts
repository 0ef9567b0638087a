// Policies as Kubernetes mounts a ConfigMap: the content in a directory of its own behind the link `..data`,
// and each name at the top a link through it. An update turns that one link.
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Mounts a copy of the content at a new directory, or updates what is mounted there. */
export function mountPolicies(content: string, mount: string, version: string): void {
  mkdirSync(mount, { recursive: true });
  const before = readdirSync(mount).filter((name) => name.startsWith('..') && name !== '..data');
  cpSync(content, join(mount, `..${version}`), { recursive: true });
  symlinkSync(`..${version}`, join(mount, '..data_tmp'));
  renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
  const isThere = new Set(readdirSync(mount));
  for (const name of readdirSync(content)) {
    if (!isThere.has(name)) symlinkSync(`..data/${name}`, join(mount, name));
  }
  for (const name of before) rmSync(join(mount, name), { recursive: true });
}
