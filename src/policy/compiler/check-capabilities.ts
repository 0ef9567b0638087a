/**
 * Refuses a capabilities.json that allows more than ours may: a banned builtin that is compiled in
 * runs like any other, so the file is judged, not trusted. Reads only.
 */
import type { PolicyProblem } from '../../pdp/admin-port.ts';
import { banReason } from './builtin-rules.ts';
import { CAPABILITIES_FILE, type PolicySources } from './policy-sources.ts';

/** Problems of the capabilities file among these sources; none when there is no such file. */
export function problemsInCapabilities(sources: PolicySources): PolicyProblem[] {
  const source = sources.files.find((file) => file.kind === 'capabilities');
  if (source === undefined) return [];
  const text = Buffer.from(source.bytes).toString('utf8');
  const names = builtinNames(text);
  if (names === null) {
    return [
      {
        file: CAPABILITIES_FILE,
        line: 0,
        message: 'The file is not a list of capabilities as OPA writes it.',
      },
    ];
  }
  return names.flatMap((name) => {
    const reason = banReason(name);
    if (reason === null) return [];
    const message = `Policies must not use ${name}: ${reason}. Take it out of the list.`;
    return [{ file: CAPABILITIES_FILE, line: lineOf(text, name), message }];
  });
}

function builtinNames(text: string): string[] | null {
  try {
    const { builtins } = JSON.parse(text) as { builtins?: unknown };
    if (!Array.isArray(builtins)) return null;
    const names = builtins.map((builtin: { name?: unknown } | null) => builtin?.name);
    return names.every((name) => typeof name === 'string') ? names : null;
  } catch {
    return null;
  }
}

function lineOf(text: string, name: string): number {
  return text.split('\n').findIndex((line) => line.includes(`"name": "${name}"`)) + 1;
}
