/** Words that name a production stack, where nobody says otherwise. */
export const PRODUCTION_WORDS: readonly string[] = ['prod', 'production'];

/**
 * Whether a word of the stack's name says so: `prod`, `eu-prod` and `prod2` are, `dev` and
 * `product-demo` are not.
 */
export function isProduction(stack: string, words: readonly string[] = PRODUCTION_WORDS): boolean {
  return stack
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .some((word) => words.includes(word) || words.includes(word.replace(/\d+$/, '')));
}
