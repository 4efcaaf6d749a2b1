/** Runs things in groups, all at once. @returns the answers in the things' order */
export async function runGrouped<Item, Group>(
  items: readonly Item[],
  groupOf: (item: Item) => Group,
  run: (group: Group, own: readonly Item[]) => Promise<readonly unknown[]>,
): Promise<readonly unknown[]> {
  const groups = new Map<Group, { readonly places: number[]; readonly own: Item[] }>()
  for (const [i, item] of items.entries()) {
    const name = groupOf(item)
    const group = groups.get(name) ?? { places: [], own: [] }
    groups.set(name, group)
    group.places.push(i)
    group.own.push(item)
  }
  const [first] = groups
  if (first && groups.size === 1) return run(first[0], items)
  const answers: unknown[] = new Array(items.length)
  await Promise.all(
    [...groups].map(async ([name, { places, own }]) => {
      const replies = await run(name, own)
      for (const [n, i] of places.entries()) answers[i] = replies[n]
    }),
  )
  return answers
}
