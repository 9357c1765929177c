/** Paths of the API: `/finesse/api/User/1001/Media/5002`, as a node, a source or a URI. */

/** The part after the word, in any letter case: the id of `User` in `/finesse/api/User/1001`. `''` without one. */
export function idAfter(path: string, word: string): string {
  const parts = path.split('/')
  const index = parts.findIndex((part) => part.toLowerCase() === word.toLowerCase())
  return index < 0 ? '' : (parts[index + 1] ?? '')
}

/** The last part; `''` without one. */
export const lastPart = (path: string): string => path.split('/').at(-1) ?? ''

/** The word before the last part, in lower case: `user` in `/finesse/api/User/1001`. */
export const kindOf = (path: string): string => path.split('/').at(-2)?.toLowerCase() ?? ''

/** Does the path end with this, in any letter case? */
export const endsWith = (path: string, end: string): boolean => path.toLowerCase().endsWith(end.toLowerCase())
