// Gathers the pages of a list up to a number of rows, and says what could not be listed.
import { type Output, printable } from './output.ts';

const PAGE_SIZE_MAX = 1_000;

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Rows that were edited in the database, and are left out for it. */
  readonly editedIds?: readonly string[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

export interface Listed<Row> {
  readonly rows: readonly Row[];
  readonly editedIds: readonly string[];
  /** Whether there are no more. */
  readonly isComplete: boolean;
}

/** Gathers pages until there are so many rows or none are left. */
export async function collectPages<Row>(
  limit: number,
  fetchPage: (pageSize: number, pageToken: string) => Promise<Page<Row>>,
): Promise<Listed<Row>> {
  const rows: Row[] = [];
  const editedIds: string[] = [];
  let pageToken = '';
  do {
    const page = await fetchPage(Math.min(PAGE_SIZE_MAX, limit - rows.length), pageToken);
    rows.push(...page.rows);
    editedIds.push(...(page.editedIds ?? []));
    pageToken = page.nextPageToken;
  } while (pageToken !== '' && rows.length < limit);
  return { rows, editedIds, isComplete: pageToken === '' };
}

/** More than a person reads. */
const NAMED_MAX = 10;

/** Remarks on what a table of these rows does not show. */
export function remarkLeftOut(output: Output, listed: Listed<unknown>, limit: number): void {
  if (!listed.isComplete) output.remark(`There are more than ${limit}: give a higher --limit.`);
  const { editedIds } = listed;
  if (editedIds.length === 0) return;
  const named = editedIds.slice(0, NAMED_MAX).map(printable).join(', ');
  const others = editedIds.length > NAMED_MAX ? ' and others' : '';
  output.remark(
    `Left out are ${editedIds.length} whose row was edited in the database (${named}${others}): they are not believed, and their checks are denied. Restore the data directory from a backup.`,
  );
}
