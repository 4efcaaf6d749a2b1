/** A page's parameters as one list, as `lib/query` reads them. */
export function parametersOf(
  params: Readonly<Record<string, string | string[] | undefined>>,
): URLSearchParams {
  const pairs = Object.entries(params).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => [name, one]),
  )
  return new URLSearchParams(pairs)
}
