/**
 * A page of the documentation as its tests see it: its text, its shell lines, its examples, its links and
 * its headings.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT } from './sidecar-process.ts';

/** The text of a page; its path is relative to the repository. */
export function page(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Blocks of a language, in order. */
export function blocksOf(path: string, language: string): string[] {
  const blocks = page(path).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'));
  return [...blocks].map(([, text]) => text ?? '');
}

/** Lines of the shell in a page, continued ones joined. */
export function commandsOf(path: string): string[] {
  return blocksOf(path, 'sh').flatMap((text) =>
    text
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => line !== ''),
  );
}

/** The block behind `<!-- example: name -->`. */
export function exampleOf(path: string, name: string): string {
  const block = new RegExp(`<!-- example: ${name} -->\\n\`\`\`\\w+\\n(.*?)^\`\`\`$`, 'ms').exec(page(path));
  if (block === null) throw new Error(`${path} has no example ${name}`);
  return block[1] ?? '';
}

/** A link within the repository. */
export interface PageLink {
  /** Relative to the repository; the page itself for a link to its own heading. */
  readonly target: string;
  /** Without `#`; empty when there is none. */
  readonly heading: string;
}

export function linksOf(path: string): PageLink[] {
  const links = [...page(path).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '');
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [file = '', heading = ''] = link.split('#');
      return { target: file === '' ? path : normalize(join(dirname(path), file)), heading };
    });
}

/** Headings as links name them. */
export function headingsOf(path: string): string[] {
  const prose = page(path).replaceAll(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, text]) =>
    (text ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Everything between backquotes outside of blocks, each once. */
export function codeWordsOf(path: string): string[] {
  const prose = page(path).replaceAll(/^```.*?^```$/gms, '');
  return [...new Set([...prose.matchAll(/`([^`\n]+)`/g)].map(([, word]) => word ?? ''))];
}
