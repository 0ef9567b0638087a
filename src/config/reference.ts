// Writes docs/config.md from the schema, so that the reference cannot fall behind the program.
import { OTHER_VARIABLES } from './from-environment.ts';
import { SETTINGS, type Setting } from './setting-list.ts';

const INTRODUCTION = `# Configuration

<!-- Made by scripts/generate-config-docs.ts from src/config/schema.ts. Do not edit by hand. -->

Postern starts without any configuration. What you set comes from, each stronger than the one before:

1. the defaults below,
2. one YAML file, named by \`--config\` or \`POSTERN_CONFIG\`,
3. the environment: \`POSTERN_\` and the path in capitals, sections joined by \`__\`
   (\`ledger.groupMax\` is \`POSTERN_LEDGER__GROUP_MAX\`); lists in JSON form,
4. options of the command line.

An unknown setting, in the file or in the environment, is refused. All problems are listed at once, each with its
path and its file and line (or variable). \`postern serve --check-config\` checks and exits.

\`\`\`yaml
# postern.yaml
environment: test
data:
  directory: /var/lib/postern
ledger:
  durability: disk
evaluators:
  count: 2
\`\`\`

Variables that are no settings: ${OTHER_VARIABLES.map((name) => `\`${name}\``).join(', ')} (see \`postern --help\`).
Variables that Kubernetes adds for a Service called \`postern\` (\`POSTERN_SERVICE_HOST\`, \`POSTERN_PORT_7070_TCP\`, …) are passed over.
`;

function rangeOf({ type, min, max, choices }: Setting): string {
  if (choices.length > 0) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (type === 'integer') return `${min ?? ''} to ${max ?? ''}`;
  return type === 'boolean' ? '`true`, `false`' : type === 'array' ? 'list' : 'text';
}

function rowsOf(setting: Setting): string {
  const value = JSON.stringify(setting.default);
  const text = typeof setting.default === 'string' ? setting.default : value;
  return `### \`${setting.path.join('.')}\`

${setting.meaning}

| default | allowed | environment |
|---|---|---|
| \`${text}\` | ${rangeOf(setting)} | \`${setting.variable}\` |
`;
}

/** The text of docs/config.md. */
export function configReference(): string {
  const sections = new Map<string, Setting[]>();
  for (const setting of SETTINGS) {
    const section = setting.path.length === 1 ? 'general' : (setting.path[0] ?? '');
    sections.set(section, [...(sections.get(section) ?? []), setting]);
  }
  const general = sections.get('general') ?? [];
  sections.delete('general');
  const parts = [...sections].map(([name, settings]) => `## ${name}\n\n${settings.map(rowsOf).join('\n')}`);
  return [INTRODUCTION, `## general\n\n${general.map(rowsOf).join('\n')}`, ...parts].join('\n');
}
