// The log never shows a secret, whatever is given to it, and stays machine-readable.
import { expect, test } from 'vitest';
import { Log, type LogFacts } from './log.ts';

function logged(write: (log: Log) => void, level: 'debug' | 'info' | 'warn' = 'info') {
  const lines: string[] = [];
  write(new Log({ level, sink: { write: (line) => void lines.push(line) } }));
  return { text: lines.join(''), records: lines.map((line) => JSON.parse(line)) };
}

/** Put together here, so that no scanner takes this file for a leak. */
const SECRET = ['pst', 'live', `${'A'.repeat(20)}${'b7'.repeat(11)}Z`, 'Q1w2E3'].join('_');

test('a line is JSON with time, level, event and the facts', () => {
  const { records } = logged((log) =>
    log.write('info', 'policy_activated', { revision: 'abc', generation: 2 }),
  );
  expect(records).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      event: 'policy_activated',
      revision: 'abc',
      generation: 2,
    },
  ]);
});

test('a field that is not on the list is dropped, also below one that is', () => {
  const facts = {
    api_key: SECRET,
    authorization: 'x',
    body: 'y',
    key_id: 'key_1',
    problem: { api_key: SECRET },
  };
  const { text, records } = logged((log) => log.write('warn', 'odd', facts as unknown as LogFacts));
  expect(records[0]).toMatchObject({ key_id: 'key_1' });
  expect(Object.keys(records[0]).sort()).toEqual(['event', 'key_id', 'level', 'time']);
  expect(text).not.toContain(SECRET);
});

test.each([
  ['the whole key', SECRET],
  ['a key cut short', SECRET.slice(0, 40)],
  ['a key within words', `credential "${SECRET}" was refused`],
  ['a key across the place where texts are cut', 'x'.repeat(480) + SECRET],
  ['a key of another prefix', SECRET.replace('pst', 'acme7')],
  ['a bearer token', 'authorization: Bearer abcdefgh.ijklmnop.qrstuv'],
])('%s is redacted in facts, lists, events and errors', (_name, text) => {
  const { text: lines } = logged((log) => {
    log.write('error', text, { problem: text, problems: [text], why: text });
    log.failure('failed', new Error(text), { state: text });
  });
  expect(lines.match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(7);
  expect(lines).not.toMatch(/A{8}|ijklmnop/);
});

test('an error is logged with its code and stack, without its cause', () => {
  const error = Object.assign(new Error('disk full', { cause: new Error('inner words') }), {
    code: 'ENOSPC',
  });
  const { text, records } = logged((log) => log.failure('ledger_failed', error));
  expect(records[0]).toMatchObject({ level: 'error', problem: 'Error: disk full', code: 'ENOSPC' });
  expect(records[0].stack).toContain('log.test.ts');
  expect(text).not.toContain('inner words');
});

test('levels below the configured one are not written', () => {
  const write = (log: Log) => {
    log.write('debug', 'a');
    log.write('info', 'b');
    log.write('warn', 'c');
  };
  expect(logged(write, 'warn').records.map(({ event }) => event)).toEqual(['c']);
  expect(logged(write, 'debug').records).toHaveLength(3);
});

test('control characters cannot break a line', () => {
  const { text } = logged((log) => log.write('info', 'a\nb', { problem: 'c\r\nd\u2028' }));
  expect(text.trimEnd().split('\n')).toHaveLength(1);
});
