// The short text that `npm start` prints at every start: what listens where, and lines that work when
// pasted into a second terminal. It shows where the key is, never the key.
import { relative } from 'node:path';
import type { ReadySidecar } from './ports.ts';
import { OTHER_COMPANY, SAMPLE_OPERATION, type SampleState } from './sample.ts';

/** A word for a POSIX shell. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The address for people to paste: TCP is shorter and works from every directory. */
function pasteAddress(addresses: readonly string[]): string {
  return addresses.find((address) => !address.startsWith('unix:')) ?? addresses[0] ?? '';
}

export interface WelcomeFacts {
  readonly sidecar: ReadySidecar;
  readonly sample: SampleState;
  /** Absolute. */
  readonly keyFile: string;
  readonly workingDirectory: string;
}

/** The text, with its closing line break. */
export function welcomeText({ sidecar, sample, keyFile, workingDirectory }: WelcomeFacts): string {
  const file = relative(workingDirectory, keyFile);
  const command = [
    'npx postern check',
    `--address ${shellWord(pasteAddress(sidecar.decisionAddresses))}`,
    `--key-file ${shellWord(file.startsWith('..') ? keyFile : file)}`,
    `--operation ${SAMPLE_OPERATION}`,
  ].join(' ');
  const lines = [
    '',
    'Postern is ready.',
    `  checks    ${sidecar.decisionAddresses.join('\n            ')}`,
    `  admin     ${sidecar.admin}`,
    ...(sidecar.ops === null ? [] : [`  metrics   http://${sidecar.ops}/metrics`]),
    `  data      ${sidecar.dataDirectory}`,
    '',
  ];
  if (sample === 'foreign') {
    lines.push('This data directory has companies of its own, so no sample key was made:', '');
    lines.push('  npx postern companies list', '');
  } else {
    lines.push('In a second terminal, in this directory, a check that is allowed:', '', `  ${command}`, '');
    lines.push('and one that is denied, because the caller claims another company:', '');
    lines.push(`  ${command} --claim ${OTHER_COMPANY}`, '');
  }
  return `${lines.join('\n')}\n`;
}
