/** Lists that are read to their end. */
const LIST_PAGES_MAX = 20;

export async function all<Page extends { nextToken?: string; NextToken?: string }, Item>(
  fetchPage: (token: string | undefined) => Promise<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const found: Item[] = [];
  let token: string | undefined;
  for (let page = 0; page < LIST_PAGES_MAX; page++) {
    const answer = await fetchPage(token);
    found.push(...(items(answer) ?? []));
    token = answer.nextToken ?? answer.NextToken;
    if (!token) break;
  }
  return found;
}
