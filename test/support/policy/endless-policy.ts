// Policies that do not end in any sensible time: the default ones with a rule that looks for a long text
// in a longer one of which every beginning fits. It takes no memory, which would end it sooner.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_POLICIES } from './policy-directory.ts';

/** A naive search compares the product of both lengths: 2 * 10^10 characters. */
const TEXT_CHARS = 300_000;
const SOUGHT_CHARS = 100_000;

/** The operation whose evaluation does not end. */
export const ENDLESS_OPERATION = 'exports.create';

/** Files to write over a copy of the default policies. With `always` the self-tests do not end either. */
export function endlessPolicy(when: 'operation' | 'always'): Readonly<Record<string, string>> {
  const decision = readFileSync(join(DEFAULT_POLICIES, 'postern/decision.rego'), 'utf8');
  const condition = when === 'always' ? '' : `\tinput.request.operation == "${ENDLESS_OPERATION}"\n`;
  const rule = `\nis_found if {\n${condition}\tcontains(data.texts.text, data.texts.sought)\n}\n`;
  const first = 'reason := "resource_company_mismatch" if {';
  const denies = `reason := "policy_denied" if {\n\tis_found\n} else := "resource_company_mismatch" if {`;
  const texts = { text: 'a'.repeat(TEXT_CHARS), sought: `${'a'.repeat(SOUGHT_CHARS)}b` };
  return {
    'postern/decision.rego': `${decision.replace(first, denies)}${rule}`,
    'texts/data.json': JSON.stringify(texts),
  };
}
