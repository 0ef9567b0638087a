// The leaves of the policy's input (policies/schemas/input.json), and which of them a policy reads. It must
// name a leaf too many rather than one too few: what a policy does not read is left out of a question.

/** Every leaf that `encodePolicyInput` writes and that is not always the same. */
export const INPUT_LEAVES = [
  'request.id',
  'request.operation',
  'request.resource.type',
  'request.resource.id',
  'request.resource.company_id',
  'request.resource.attributes',
  'request.claimed_company_ids',
  'request.source.ip',
  'request.source.user_agent',
  'request.cost',
  'request.context',
  'request.time',
  'request.time_us',
  'key.id',
  'key.company_id',
  'key.status',
  'key.environment',
  'key.scopes',
  'key.created_at',
  'key.not_before',
  'key.expires_at',
  'key.last_used_at',
  'key.networks',
  'company.id',
  'company.status',
  'company.plan',
] as const;

export type InputLeaf = (typeof INPUT_LEAVES)[number];

/** Different for nearly every check: answers that depend on one of these are never asked for again. */
const FLEETING: readonly InputLeaf[] = [
  'request.id',
  'request.resource.id',
  'request.time',
  'request.time_us',
  'key.last_used_at',
];

/** The leaves that reading this path reads: a path may end above a leaf, or go on below one. */
export function leavesBelow(path: readonly string[]): readonly InputLeaf[] {
  return INPUT_LEAVES.filter((leaf) => {
    const members = leaf.split('.');
    return members.every((member, place) => place >= path.length || path[place] === member);
  });
}

/** The leaves of these names; null when one is not a leaf, e.g. because a newer version knows more of them. */
export function parseLeaves(names: readonly string[]): readonly InputLeaf[] | null {
  const leaves = INPUT_LEAVES.filter((leaf) => names.includes(leaf));
  return leaves.length === new Set(names).size ? leaves : null;
}

/** Those of the leaves because of which answers are not worth keeping; empty when they are. */
export function fleetingOf(leaves: readonly InputLeaf[]): readonly InputLeaf[] {
  return FLEETING.filter((leaf) => leaves.includes(leaf));
}
