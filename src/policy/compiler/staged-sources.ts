/**
 * Lays sources that were read out again in a private directory, under fixed relative names: OPA's
 * output depends on the names it is called with, and what it reads must not change under it.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PolicySource, SourceKind } from './policy-sources.ts';

/** Names inside the stage. `main` is what a build sees, `all` has the tests beside it, `data` the data alone. */
export const STAGE = {
  main: 'policies',
  all: 'policies-with-tests',
  data: 'policies-data',
  schemas: 'schemas',
  capabilities: 'capabilities.json',
  output: 'bundle.tar.gz',
} as const;

const PLACES: Readonly<Record<SourceKind, readonly string[]>> = {
  rego: [STAGE.main, STAGE.all],
  data: [STAGE.main, STAGE.all, STAGE.data],
  test: [STAGE.all],
  // `schemas/input.json` becomes `schema.input` for OPA.
  schema: ['.'],
  capabilities: ['.'],
};

/** Stages the sources, runs `use` with the stage's path, and removes it whatever happens. */
export async function withStage<Result>(
  files: readonly PolicySource[],
  use: (stage: string) => Promise<Result>,
): Promise<Result> {
  const stage = await mkdtemp(join(tmpdir(), 'postern-policies-'));
  try {
    for (const place of [STAGE.main, STAGE.all, STAGE.data, STAGE.schemas]) await mkdir(join(stage, place));
    for (const file of files) {
      for (const place of PLACES[file.kind]) {
        const path = join(stage, place, file.path);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, file.bytes);
      }
    }
    return await use(stage);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}
