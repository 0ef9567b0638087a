// Settings from POSTERN_* variables: nested names by `__`, camelCase from UPPER_SNAKE. A misspelt
// variable is a mistake to be told, never a setting that silently keeps its default.
import { closestName } from './closest-name.ts';
import type { ConfigProblem } from './problem.ts';
import { SETTINGS, type Setting } from './setting-list.ts';

/** Variables of ours that are no settings: the command line and the OPA compiler read them. */
export const OTHER_VARIABLES: readonly string[] = [
  'POSTERN_CONFIG',
  'POSTERN_KEY',
  'POSTERN_ADDRESS',
  'POSTERN_ADMIN',
  'POSTERN_OPA',
];

/**
 * Kubernetes adds such variables to every container when a Service is called `postern` or
 * `postern-…`. They must not keep the sidecar from starting.
 */
const OF_A_KUBERNETES_SERVICE =
  /^POSTERN_(?:[A-Z0-9_]+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/** What the environment sets. */
export interface SettingsFromEnvironment {
  readonly values: readonly {
    readonly path: readonly string[];
    readonly origin: string;
    readonly value: unknown;
  }[];
  readonly problems: readonly ConfigProblem[];
}

/** The typed value, or undefined when the text is not of the setting's type. */
function parseValue(setting: Setting, text: string): unknown {
  switch (setting.type) {
    case 'string':
      return text;
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'array':
      return parseArray(text);
  }
}

function parseArray(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const FORMS: Readonly<Record<Setting['type'], string>> = {
  string: 'must be text',
  integer: 'must be a whole number in digits',
  boolean: 'must be `true` or `false`',
  array: 'must be a list in JSON form, such as `["..."]`',
};

/** Reads every POSTERN_* variable that is a setting, and reports those that are not. */
export function settingsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): SettingsFromEnvironment {
  const values: { path: readonly string[]; origin: string; value: unknown }[] = [];
  const problems: ConfigProblem[] = [];
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('POSTERN_') || text === undefined) continue;
    const setting = SETTINGS.find((one) => one.variable === name);
    if (setting !== undefined) {
      const value = parseValue(setting, text);
      if (value !== undefined) values.push({ path: setting.path, origin: name, value });
      else problems.push({ path: setting.path.join('.'), origin: name, message: FORMS[setting.type] });
    } else if (!OTHER_VARIABLES.includes(name) && !OF_A_KUBERNETES_SERVICE.test(name)) {
      const close = closestName(
        name,
        SETTINGS.map((one) => one.variable),
      );
      const hint = close === null ? '' : `; did you mean ${close}?`;
      problems.push({ path: '', origin: name, message: `${name} is not a setting${hint}` });
    }
  }
  return { values, problems };
}
