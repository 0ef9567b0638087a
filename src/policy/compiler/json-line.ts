/**
 * Finds the line of a member in a JSON text, for messages to people. Takes a path as OPA's schema
 * validator writes it, `payments.create.cost`, in which a dot may also belong to a name.
 */

/** Line of the member, from 1; that of the nearest parent found when the member itself is missing. */
export function lineOfPath(text: string, path: string): number {
  let node: unknown = JSON.parse(text);
  let rest = path;
  let at = text.search(/\S/);
  while (rest !== '' && typeof node === 'object' && node !== null) {
    const members: Readonly<Record<string, unknown>> = { ...node };
    const name = longestPrefix(Object.keys(members), rest);
    if (name === null) break;
    if (!Array.isArray(node)) at = placeOfMember(text, at, name);
    node = members[name];
    rest = rest.slice(name.length + 1);
  }
  return text.slice(0, at).split('\n').length;
}

function longestPrefix(names: readonly string[], path: string): string | null {
  const fitting = names.filter((name) => path === name || path.startsWith(`${name}.`));
  return fitting.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** Place of `"name":` among the direct members of the object that follows `from`. */
function placeOfMember(text: string, from: number, name: string): number {
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
  tokens.lastIndex = text.indexOf('{', from);
  let depth = 0;
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    if (token[0] === '{' || token[0] === '[') depth += 1;
    else if (token[0] === '}' || token[0] === ']') depth -= 1;
    else if (depth === 1 && isNameAt(text, token.index, token[0], name)) return token.index;
    if (depth === 0) break;
  }
  return from;
}

function isNameAt(text: string, at: number, token: string, name: string): boolean {
  return JSON.parse(token) === name && /^\s*:/.test(text.slice(at + token.length));
}
