// Our default policy in Cerbos's language, made from the same catalogue: key ownership, company scope and
// permission scopes with wildcards. Limits are missing: Cerbos has none.
import { readFileSync } from 'node:fs';
import { CERBOS_RESOURCE_KIND, CERBOS_ROLE } from '../workload/cerbos-calls.ts';

interface Operation {
  readonly scope: string | null;
  readonly resource_owner: 'required' | 'optional' | 'none';
}

function catalogue(): Record<string, Operation> {
  const text = readFileSync(new URL('../../policies/operations/data.json', import.meta.url), 'utf8');
  return JSON.parse(text) as Record<string, Operation>;
}

const OWNERSHIP = [
  'P.attr.status == "active"',
  'P.attr.company_id != "" && P.attr.key_company_id == P.attr.company_id',
  'P.attr.environment == R.attr.environment',
  'P.attr.company_status == "active"',
];

const COMPANY_SCOPE = [
  'R.attr.owner == "" || R.attr.owner == P.attr.company_id',
  'R.attr.claims.all(claim, claim == P.attr.company_id)',
];

function scopeIsGranted(scope: string): string {
  const wanted = JSON.stringify(scope);
  const covers = `held.endsWith(":*") && ${wanted}.startsWith(held.substring(0, size(held) - 1))`;
  return `${wanted} in P.attr.scopes || P.attr.scopes.exists(held, ${covers})`;
}

function ruleOf(action: string, operation: Operation): object {
  const scope = operation.scope === null ? [] : [scopeIsGranted(operation.scope)];
  const owner = operation.resource_owner === 'required' ? ['R.attr.owner != ""'] : [];
  const all = [...COMPANY_SCOPE, ...owner, ...scope, ...OWNERSHIP].map((expr) => ({ expr }));
  return {
    actions: [action],
    effect: 'EFFECT_ALLOW',
    roles: [CERBOS_ROLE],
    condition: { match: { all: { of: all } } },
  };
}

/** The policy's text; JSON is YAML. */
export function cerbosPolicy(): string {
  return JSON.stringify({
    apiVersion: 'api.cerbos.dev/v1',
    resourcePolicy: {
      resource: CERBOS_RESOURCE_KIND,
      version: 'default',
      rules: Object.entries(catalogue()).map(([action, operation]) => ruleOf(action, operation)),
    },
  });
}
