/** Counts characters that cost an XML parser far more time than other characters. */

/** Number of references and carriage returns in a text. Stops counting above `most`. */
export function costlyCharacters(text: string, most: number): number {
  let count = 0
  for (const character of ['&', '\r'])
    for (let at = text.indexOf(character); at >= 0 && count <= most; at = text.indexOf(character, at + 1)) count += 1
  return count
}
