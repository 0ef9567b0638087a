// Settles one admin command: its effect and its audit record stand in the same group, and a refused
// command is recorded too. Rules that need no stored state are checked before (core, key-admin.ts).
import type { PlainValue } from '../core/canonical-json.ts';
import { encodeAdmin, encodePolicyEvent } from '../core/leaf.ts';
import type { Actor, AdminCommand } from './admin-port.ts';
import { ADMIN_DONE, type AdminAnswer, refuse } from './settle-answer.ts';
import { planCreateCompany, planSetCompanyStatus } from './settle-company.ts';
import { planCreateKey, planSetKeyStatus } from './settle-key.ts';
import type { GroupPlan } from './settle-plan.ts';

type RegistryCommand = Exclude<AdminCommand, { readonly kind: 'policy_activated' | 'policy_refused' }>;

/** Plans one command and its record. */
export function planAdmin(plan: GroupPlan, command: AdminCommand, actor: Actor): AdminAnswer {
  if (command.kind === 'policy_activated' || command.kind === 'policy_refused')
    return planPolicyEvent(plan, command);
  const answer = planEffect(plan, command);
  const leaf = encodeAdmin(
    { logId: plan.view.logId, index: plan.nextIndex },
    {
      action: command.kind,
      actor,
      atUs: plan.time.nowUs,
      result: answer.ok ? 'done' : answer.refusal.code,
      ...namedBy(plan, command, answer),
    },
  );
  plan.append(leaf, '');
  return answer;
}

function planEffect(plan: GroupPlan, command: RegistryCommand): AdminAnswer {
  switch (command.kind) {
    case 'create_company':
      return planCreateCompany(plan, command);
    case 'set_company_status':
      return planSetCompanyStatus(plan, command);
    case 'create_key':
      return planCreateKey(plan, command);
    case 'set_key_status':
      return planSetKeyStatus(plan, command);
    case 'accept_clock':
      return planAcceptClock(plan);
  }
}

function planAcceptClock(plan: GroupPlan): AdminAnswer {
  if (!plan.view.clockJumpPending)
    return refuse('state_conflict', 'No jump of the clock is waiting to be accepted.');
  plan.acceptClock = true;
  return ADMIN_DONE;
}

function planPolicyEvent(
  plan: GroupPlan,
  command: Extract<AdminCommand, { readonly kind: 'policy_activated' | 'policy_refused' }>,
): AdminAnswer {
  const activated = command.kind === 'policy_activated';
  const leaf = encodePolicyEvent(
    { logId: plan.view.logId, index: plan.nextIndex },
    {
      event: activated ? 'activated' : 'refused',
      revision: command.revision,
      previous: plan.policyRevision === '' ? null : plan.policyRevision,
      source: command.source,
      trust: activated ? command.trust : '',
      problems: activated ? [] : command.problems,
      atUs: plan.time.nowUs,
    },
  );
  plan.append(leaf, '');
  if (activated) {
    plan.generation = command.generation;
    plan.policyRevision = command.revision;
  }
  return ADMIN_DONE;
}

interface Named {
  readonly companyId: string | null;
  readonly keyId: string | null;
  readonly requestId: string | null;
  readonly details: { readonly [name: string]: PlainValue };
}

const NOTHING_NAMED = { companyId: null, keyId: null, requestId: null } as const;

/** What the record says the command asked for. */
function namedBy(plan: GroupPlan, command: RegistryCommand, answer: AdminAnswer): Named {
  switch (command.kind) {
    case 'create_company':
      return {
        ...NOTHING_NAMED,
        companyId: command.companyId,
        details: { label: command.label, plan: command.plan },
      };
    case 'set_company_status':
      return {
        ...NOTHING_NAMED,
        companyId: command.companyId,
        details: { status: command.status, why: command.why },
      };
    case 'create_key':
      return {
        companyId: command.draft.companyId,
        // A refused command made no key; a repeated one is about the key that its request made before.
        keyId: answer.ok ? command.keyId : (answer.refusal.facts['key_id'] ?? null),
        requestId: command.requestId,
        details: {
          environment: command.draft.environment,
          expires_at: timeText(command.draft.expiresAtUs),
          label: command.draft.label,
          networks: command.draft.networks,
          not_before: timeText(command.draft.notBeforeUs),
          scopes: command.draft.scopes,
        },
      };
    case 'set_key_status':
      return {
        ...NOTHING_NAMED,
        // The command names the key alone, but who asks for a company's records asks for this one too.
        companyId: plan.key(command.keyId)?.record.companyId ?? null,
        keyId: command.keyId,
        details: { status: command.status, why: command.why },
      };
    case 'accept_clock':
      return { ...NOTHING_NAMED, details: { why: command.why } };
  }
}

function timeText(us: number | null): string | null {
  return us === null ? null : String(us);
}
