/**
 * Writes docs/config.md from the configuration's schema. `--check` writes nothing and fails when the
 * file is not what the schema says.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configReference } from '../src/config/reference.ts';

const PAGE = fileURLToPath(new URL('../docs/config.md', import.meta.url));

if (process.argv.includes('--check')) {
  if (readFileSync(PAGE, 'utf8') !== configReference()) {
    process.stderr.write('docs/config.md is not current: run node scripts/generate-config-docs.ts\n');
    process.exitCode = 1;
  }
} else {
  mkdirSync(fileURLToPath(new URL('../docs', import.meta.url)), { recursive: true });
  writeFileSync(PAGE, configReference());
}
