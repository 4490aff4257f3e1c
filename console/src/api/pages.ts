/** Lists that are read to their end. */

export interface Listed<Item> {
  readonly items: readonly Item[];
  /** False where reading on would have taken too long: there are more. */
  readonly isWhole: boolean;
}

const LIST_PAGES_MAX = 20;

interface Page {
  readonly nextToken?: string | undefined;
  readonly NextToken?: string | undefined;
  readonly NextMarker?: string | undefined;
}

/** Follows a list's tokens, whatever the service calls them. */
export async function readAll<Answer extends Page, Item>(
  readPage: (token: string | undefined) => Promise<Answer>,
  itemsOf: (page: Answer) => readonly Item[] | undefined,
): Promise<Listed<Item>> {
  const items: Item[] = [];
  let token: string | undefined;
  for (let page = 0; page < LIST_PAGES_MAX; page++) {
    const answer = await readPage(token);
    items.push(...(itemsOf(answer) ?? []));
    token = answer.nextToken ?? answer.NextToken ?? answer.NextMarker;
    if (!token) return { items, isWhole: true };
  }
  return { items, isWhole: false };
}
