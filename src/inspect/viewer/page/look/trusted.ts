/**
 * Trusted types. The server allows this page one policy, for one harmless text: the empty one, with which the library of
 * the lanes clears the element that it draws in.
 */

/** The part that is used here. TypeScript's types for browsers lack it. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(text: string): string | null }): unknown
}

declare global {
  var trustedTypes: TrustedTypes | undefined
}

/** Allows empty markup, and no other. */
export function allowEmptyMarkup(): void {
  globalThis.trustedTypes?.createPolicy('default', { createHTML: (text) => (text === '' ? text : null) })
}
