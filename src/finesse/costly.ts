/** What costs a reader of XML far more time than its bytes do. */

/** References and carriage returns of a text; counts no further than `most` and one more. */
export function costlyCharacters(text: string, most: number): number {
  let count = 0
  for (const character of ['&', '\r'])
    for (let at = text.indexOf(character); at >= 0 && count <= most; at = text.indexOf(character, at + 1)) count += 1
  return count
}
