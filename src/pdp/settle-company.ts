// Commands about companies: what they change, and when they are refused. A closed company stays closed.
import type { CompanyRecord } from '../core/registry.ts';
import type { AdminCommand } from './admin-port.ts';
import { type AdminAnswer, refuse } from './settle-answer.ts';
import type { GroupPlan } from './settle-plan.ts';

type Command<K extends AdminCommand['kind']> = Extract<AdminCommand, { readonly kind: K }>;

const answer = (company: CompanyRecord): AdminAnswer => ({ ok: true, result: { kind: 'company', company } });

/** Told to administrators alone: for a check the company is simply not there. */
export function editedCompany(companyId: string): string {
  return `The row of ${companyId} was edited in the database, so it is not believed and every check of the company is denied. Restore the data directory from a backup, or create a company with another id.`;
}

/** Why a company that a command names cannot be used. The version also finds a row that was edited. */
export function refuseCompany(plan: GroupPlan, companyId: string): AdminAnswer {
  return plan.companyVersion(companyId) > 0
    ? refuse('state_conflict', editedCompany(companyId), { company_id: companyId })
    : refuse('not_found', 'No such company.');
}

export function planCreateCompany(plan: GroupPlan, command: Command<'create_company'>): AdminAnswer {
  // The version also finds a row that was edited: it is not there for decisions, but its id is taken.
  if (plan.companyVersion(command.companyId) > 0) {
    const { companyId } = command;
    const message = plan.company(companyId) === null ? editedCompany(companyId) : 'The company exists.';
    return refuse('already_exists', message, { company_id: companyId });
  }
  const company: CompanyRecord = {
    companyId: command.companyId,
    status: 'active',
    plan: command.plan,
    label: command.label,
    createdAtUs: plan.time.nowUs,
    version: 1,
  };
  plan.companies.set(company.companyId, company);
  return answer(company);
}

/** Setting the status that a company has changes nothing, and is done. */
export function planSetCompanyStatus(plan: GroupPlan, command: Command<'set_company_status'>): AdminAnswer {
  const company = plan.company(command.companyId);
  if (company === null) return refuseCompany(plan, command.companyId);
  if (company.status === command.status) return answer(company);
  if (company.status === 'closed') return refuse('state_conflict', 'The company is closed; that is final.');
  const changed = { ...company, status: command.status, version: company.version + 1 };
  plan.changeCompany(changed);
  return answer(changed);
}
