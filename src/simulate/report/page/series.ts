/** Styles of the lines of queues and results: a colour per queue, a dash pattern and a symbol per result. */

/**
 * Each colour has a contrast of at least 3:1 to the light and to the dark page. None is the colour of a state, so that a
 * colour means one thing on the page.
 */
export const LINE_COLOURS = ['#5a7fd6', '#c2603f', '#4f8f3a', '#b0589e', '#9a7b1f', '#5f8a95'] as const
const DASHES = ['solid', 'dashed', 'dotted'] as const

export function colourOf(index: number): string {
  return LINE_COLOURS[index % LINE_COLOURS.length] ?? LINE_COLOURS[0]
}

/** Greys for results where no queue is meant, so that a colour always means the same queue. */
const RESULT_GREYS = ['#5b6470', '#8a929c', '#8d7f63', '#8d6e75'] as const

export function greyOf(result: number): string {
  return RESULT_GREYS[result % RESULT_GREYS.length] ?? RESULT_GREYS[0]
}

export function dashOf(result: number): (typeof DASHES)[number] {
  return DASHES[result % DASHES.length] ?? 'solid'
}

/** The letter of a result; `''` if there is only one. */
export function letterOf(result: number, all: number): string {
  return all === 1 ? '' : `${String.fromCodePoint(65 + result)}: `
}
