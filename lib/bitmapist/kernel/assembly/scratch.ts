// The working memory of one thread.

/** A page that no other instance of the module writes to. */
export let scratch: usize = 0

/** Gives an instance its own page. */
export function useScratch(page: usize): void {
  scratch = page
}
