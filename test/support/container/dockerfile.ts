/**
 * Reads a Dockerfile into stages. It knows the instructions that ours uses and refuses any other, so
 * that none is passed over in silence.
 */

export interface Instruction {
  readonly keyword: string;
  readonly rest: string;
}

export interface Stage {
  /** Name after AS, or the number of the stage. */
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

const KNOWN = /^(WORKDIR|COPY|RUN|ENV|USER|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD)$/;

function linesOf(text: string): string[] {
  const joined = text.replace(/\\\n/g, ' ');
  return joined.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

function fill(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`${name} has no value`);
    return value;
  });
}

/** Parses a Dockerfile whose arguments keep their defaults. */
export function parseDockerfile(text: string): Stage[] {
  const values = new Map<string, string>();
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const line of linesOf(text)) {
    const [, keyword = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    const current = stages.at(-1);
    if (keyword === 'ARG' && current === undefined) {
      const [name = '', value = ''] = rest.split('=');
      values.set(name, value);
    } else if (keyword === 'FROM') {
      const [base = '', , name = String(stages.length)] = fill(rest, values).split(/\s+/);
      stages.push({ name, base, instructions: [] });
    } else if (KNOWN.test(keyword) && current !== undefined) {
      current.instructions.push({ keyword, rest: rest.trim() });
    } else {
      throw new Error(`This is not understood here: ${line}`);
    }
  }
  return stages;
}
