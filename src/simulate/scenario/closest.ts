/** Finds the name that was probably meant. */

/** The known name with the fewest differences; `undefined` if a third of the letters or more differ. */
export function closest(given: string, known: readonly string[]): string | undefined {
  const ranked = known.map((name) => ({ name, away: distance(given, name) })).sort((a, b) => a.away - b.away)
  const [best] = ranked
  if (!best) return undefined
  return best.away <= Math.max(1, Math.floor(given.length / 3))
    ? best.name
    : known.find((name) => given !== '' && name.startsWith(given))
}

/** Number of letters to insert, delete or replace (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1]
    for (let at = 0; at < b.length; at += 1) {
      const replaced = (row[at] ?? 0) + (letter === b[at] ? 0 : 1)
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
