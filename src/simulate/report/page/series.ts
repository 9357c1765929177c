/** Styles of the lines of queues and results: a colour per queue, a dash pattern and a symbol per result. */

/** Each colour has a contrast of at least 3:1 to the light and to the dark page. */
export const LINE_COLOURS = ['#1f6fd0', '#c77700', '#148f93', '#a06cc8', '#d6336c', '#7d8590'] as const
const DASHES = ['solid', 'dashed', 'dotted'] as const

export function colourOf(index: number): string {
  return LINE_COLOURS[index % LINE_COLOURS.length] ?? LINE_COLOURS[0]
}

export function dashOf(result: number): (typeof DASHES)[number] {
  return DASHES[result % DASHES.length] ?? 'solid'
}

/** The letter of a result; `''` if there is only one. */
export function letterOf(result: number, all: number): string {
  return all === 1 ? '' : `${String.fromCodePoint(65 + result)}: `
}
