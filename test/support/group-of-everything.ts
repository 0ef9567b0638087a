// A group that writes to every table of the ledger: what fault tests cut off at each of its writes.
import type { Ledger } from '../../src/storage/ledger.ts';
import {
  call,
  companyTerms,
  createKeyCommand,
  failure,
  item,
  keyTerms,
  type LedgerWorld,
  newDecisionId,
  openSeeded,
  report,
  settleRequests,
} from './ledger-world.ts';

const OWNER = { identity: 'owner', listener: 'admin_unix' } as const;

/** A group that writes every table: counters, windows, keys, companies, outcomes, policy. */
export function settleEverything(ledger: Ledger, keyId: string): readonly string[] {
  const decisionId = newDecisionId();
  const activation = { revision: keyId, source: 'file', trust: 'unsigned', generation: 0 } as const;
  const answers = ledger.settle([
    ...settleRequests(
      call({ base: [keyTerms(100), companyTerms({ burst: 100 })], items: [item({ decisionId })] }),
      ...Array.from({ length: 7 }, () => failure()),
      ...Array.from({ length: 6 }, () => call({ base: [keyTerms(1)] })),
    ),
    { kind: 'outcomes', reports: [report(decisionId)] },
    {
      kind: 'admin',
      command: { kind: 'create_company', companyId: `cmp_${keyId}`, plan: 'p', label: '' },
      actor: OWNER,
    },
    { kind: 'admin', command: createKeyCommand(keyId), actor: OWNER },
    { kind: 'admin', command: { kind: 'policy_activated', ...activation }, actor: OWNER },
  ]);
  return answers.map((answer) => answer.kind);
}

/** Everything that is stored, to compare states with. */
export function stateOf(world: LedgerWorld): unknown {
  return [
    'log',
    'counters',
    'key_use',
    'charge_journal',
    'keys',
    'companies',
    'windows',
    'window_counts',
    'outcomes',
    'head',
  ].map((table) => world.rows(`SELECT * FROM ${table}`));
}

/** How many writes the group of `settleEverything` makes, COMMIT being the last. */
export function writesOfGroup(): number {
  const { world, ledger } = openSeeded();
  let writes = 0;
  world.faults.before = () => {
    writes += 1;
  };
  settleEverything(ledger, 'key_two');
  const writesOfIt = writes;
  ledger.close();
  return writesOfIt;
}
