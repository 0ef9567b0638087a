// Companies as the admin sees them. A plan is accepted only when the policy in force knows it: with an
// unknown plan every check of the company would end as policy_failed.
import { PosternError } from '../core/error.ts';
import type { CompanyRecord } from '../core/registry.ts';
import type { AdminResult, AdminWriter, CompanyAdmin, RegistryLister } from './admin-port.ts';
import { editedCompany } from './settle-company.ts';

export interface CompanyAdminParts {
  readonly writer: AdminWriter;
  readonly lister: RegistryLister;
  /** Names of the plans in the active policy's data; null while no policy is loaded. */
  readonly plans: () => ReadonlySet<string> | null;
}

function companyOf(result: AdminResult): CompanyRecord {
  if (result.kind !== 'company') throw new PosternError('internal', 'The ledger answered another command.');
  return result.company;
}

/** The use cases behind CompanyService. */
export function createCompanyAdmin(parts: CompanyAdminParts): CompanyAdmin {
  return {
    async create(company, actor) {
      const plans = parts.plans();
      if (plans === null) throw new PosternError('policy_unavailable', 'No policy is active.');
      if (!plans.has(company.plan)) {
        throw new PosternError('request_malformed', 'The plan is not in the active policy.', {
          faults: [{ field: 'plan', problem: `must be one of: ${[...plans].sort().join(', ')}` }],
        });
      }
      return companyOf(await parts.writer.apply({ kind: 'create_company', ...company }, actor));
    },
    get(companyId) {
      const company = parts.lister.company(companyId);
      if (company === null) throw new PosternError('not_found', 'No such company.');
      if (company === 'edited') {
        const facts = { company_id: companyId };
        throw new PosternError('state_conflict', editedCompany(companyId), { facts });
      }
      return company;
    },
    list: (filter) => parts.lister.companies(filter),
    async setStatus(companyId, status, why, actor) {
      return companyOf(
        await parts.writer.apply({ kind: 'set_company_status', companyId, status, why }, actor),
      );
    },
  };
}
