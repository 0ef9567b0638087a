// Gathers the pages of a list up to a number of rows.

const PAGE_SIZE_MAX = 1_000;

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** The rows, and whether there are no more. */
export async function collectPages<Row>(
  limit: number,
  fetchPage: (pageSize: number, pageToken: string) => Promise<Page<Row>>,
): Promise<{ readonly rows: readonly Row[]; readonly isComplete: boolean }> {
  const rows: Row[] = [];
  let pageToken = '';
  do {
    const page = await fetchPage(Math.min(PAGE_SIZE_MAX, limit - rows.length), pageToken);
    rows.push(...page.rows);
    pageToken = page.nextPageToken;
  } while (pageToken !== '' && rows.length < limit);
  return { rows, isComplete: pageToken === '' };
}
