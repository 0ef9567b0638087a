// Files of the program itself.
import { fileURLToPath } from 'node:url';

/** The entry of every thread. */
export const ENTRY = new URL('../main.ts', import.meta.url);

/** The bundle that comes with the program. */
export const EMBEDDED_POLICY = fileURLToPath(new URL('../../policies/bundle', import.meta.url));

/** The sources that the embedded bundle is made from, in a work tree. */
export const POLICY_SOURCES = fileURLToPath(new URL('../../policies', import.meta.url));
