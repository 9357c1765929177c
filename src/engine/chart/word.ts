/** A word of a chart, and what it is given: `'publish'`, `{ type: 'enter', params: { state: 'READY' } }`. */
export function wordOf(word: unknown): { readonly name: string; readonly params: unknown } {
  if (typeof word === 'string') return { name: word, params: undefined }
  if (typeof word !== 'object' || word === null || !('type' in word)) return { name: '', params: undefined }
  return { name: String(word.type), params: 'params' in word ? word.params : undefined }
}
