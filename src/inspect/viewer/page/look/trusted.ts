/**
 * Trusted types. The server allows this page two policies, each for one harmless text: the address of its worker, and
 * the empty text, with which the library of the lanes clears the element that it draws in.
 */

/** The part that is used here. TypeScript's types for browsers lack it. */
interface TrustedTypes {
  createPolicy<Rules extends object>(name: string, rules: Rules): { createScriptURL(text: string): string }
}

declare global {
  var trustedTypes: TrustedTypes | undefined
}

/** The address of the worker, as a trusted type where they are enforced. */
export function trustedWorker(path: string): string {
  const policy = globalThis.trustedTypes?.createPolicy('mrdian', { createScriptURL: () => path })
  return policy?.createScriptURL('') ?? path
}

/** Allows empty markup, and no other. */
export function allowEmptyMarkup(): void {
  globalThis.trustedTypes?.createPolicy('default', { createHTML: (text: string) => (text === '' ? text : null) })
}
