// The table may forget, but it never tells the outcome of another question.
import { hash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { campaignRuns } from '../../test/support/campaign.ts';
import type { PolicyOutcome } from '../core/policy.ts';
import { OutcomeTable } from './outcome-table.ts';

const digest = (text: string) => hash('sha256', text, 'binary');

function outcome(code: string): PolicyOutcome {
  return { allow: false, reason: 'policy_denied', code, cost: 1, limits: [], obligations: [], labels: {} };
}

const step = fc.record({ question: fc.nat({ max: 60 }), answer: fc.nat({ max: 12 }), isKept: fc.boolean() });

test('what is found is what was kept last for the same question', () => {
  const law = fc.property(
    fc.constantFrom(1, 4, 32, 256),
    fc.array(step, { maxLength: 400 }),
    (room, steps) => {
      const table = new OutcomeTable(room, digest);
      const latest = new Map<number, string>();
      for (const { question, answer, isKept } of steps) {
        const known = table.find(`question ${question}`);
        if (known !== undefined) expect(known.code).toBe(latest.get(question));
        if (!isKept) continue;
        table.keep(`answer ${answer}`, outcome(`answer ${answer}`));
        latest.set(question, `answer ${answer}`);
        expect(table.find(`question ${question}`)?.code).toBe(`answer ${answer}`);
      }
    },
  );
  fc.assert(law, campaignRuns(200));
});

test('as many questions as there is room for are remembered, but for the few that meet at one place', () => {
  const table = new OutcomeTable(4_096, digest);
  for (let question = 0; question < 1_024; question += 1) {
    table.find(`question ${question}`);
    table.keep('answer', outcome('answer'));
  }
  let known = 0;
  for (let question = 0; question < 1_024; question += 1) {
    if (table.find(`question ${question}`) !== undefined) known += 1;
  }
  expect(known).toBeGreaterThan(1_000);
  expect(table.find('another question')).toBeUndefined();
});

test('a policy whose every answer differs begins anew, and is never told an answer from before', () => {
  const table = new OutcomeTable(16_384, digest);
  for (let question = 0; question < 10_000; question += 1) {
    expect(table.find(`question ${question}`)).toBeUndefined();
    table.keep(`answer ${question}`, outcome(`answer ${question}`));
    const earlier = Math.trunc(question / 2);
    const known = table.find(`question ${earlier}`);
    if (known !== undefined) expect(known.code).toBe(`answer ${earlier}`);
  }
});
