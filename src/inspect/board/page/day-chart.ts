/** The last day of a queue as a small chart: who waited in each quarter of an hour, and the longest wait. */
import { element } from '../../../pages/browser/dom.ts'
import type { BoardQuarter } from '../protocol.ts'
import { durationOf } from './format.ts'

const QUARTER = 15 * 60_000
const QUARTERS = 96
/** Size of the drawing, which is stretched to the card. A quarter is 4 wide. */
const [STEP, HEIGHT] = [4, 32]
const SVG = 'http://www.w3.org/2000/svg'

function shape<Tag extends 'svg' | 'g' | 'rect' | 'polyline' | 'title'>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number>>,
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  return made
}

const clockTime = (at: number) => new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })

export class DayChart {
  readonly node = element('div', { class: 'day' })
  #shown: readonly BoardQuarter[] | undefined
  #last = 0

  /** `name`: of the medium. `quarters`: oldest first; `undefined` if they are not known, or not yet. */
  show(name: string, quarters: readonly BoardQuarter[] | undefined, now: number): void {
    const last = Math.floor(now / QUARTER)
    // The page draws often, and the server sends a new list only if something has changed.
    if (quarters === this.#shown && last === this.#last) return
    this.#shown = quarters
    this.#last = last
    if (quarters === undefined) return this.node.replaceChildren()
    const words = wordsOf(quarters)
    const drawing = shape('svg', {
      viewBox: `0 0 ${QUARTERS * STEP} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `${name}, last 24 hours: ${words}`,
    })
    const most = Math.max(1, ...quarters.map(([, waiting]) => waiting))
    const longest = Math.max(1, ...quarters.map(([, , , ms]) => ms))
    const placed = quarters.flatMap((quarter) => {
      const column = Math.floor(quarter[0] / QUARTER) - last + QUARTERS - 1
      return column < 0 || column >= QUARTERS ? [] : [{ quarter, x: column * STEP }]
    })
    for (const { quarter, x } of placed) drawing.append(barOf(quarter, x, most))
    drawing.append(...linesOf(placed, longest))
    this.node.replaceChildren(drawing, element('span', { 'aria-hidden': 'true' }, shortWordsOf(quarters)))
  }
}

interface Placed {
  readonly quarter: BoardQuarter
  readonly x: number
}

/** A bar with its words. The area that shows them is as high as the chart. */
function barOf([from, waiting, taken, longestMs]: BoardQuarter, x: number, most: number): SVGGElement {
  const group = shape('g', {})
  const title = shape('title', {})
  title.textContent = `${clockTime(from)} to ${clockTime(from + QUARTER)}: at most ${waiting} waiting, longest ${durationOf(0, longestMs)}, ${taken} taken`
  const height = (waiting / most) * (HEIGHT - 2)
  group.append(
    title,
    shape('rect', { class: 'touch', x, y: 0, width: STEP, height: HEIGHT }),
    shape('rect', { class: 'bar-of-day', x, y: HEIGHT - height, width: STEP - 1, height }),
  )
  return group
}

/** The longest wait, as lines over quarters that follow one another. */
function linesOf(placed: readonly Placed[], longest: number): readonly SVGPolylineElement[] {
  const runs: Placed[][] = []
  for (const each of placed) {
    const run = runs.at(-1)
    if (run && run.at(-1)?.x === each.x - STEP) run.push(each)
    else runs.push([each])
  }
  return runs.map((run) => {
    const points = run.flatMap(({ quarter: [, , , ms], x }) => {
      const y = HEIGHT - 1 - (ms / longest) * (HEIGHT - 2)
      return run.length === 1 ? [`${x},${y}`, `${x + STEP},${y}`] : [`${x + STEP / 2},${y}`]
    })
    return shape('polyline', { class: 'longest-of-day', points: points.join(' ') })
  })
}

/** What fits into a card. */
function shortWordsOf(quarters: readonly BoardQuarter[]): string {
  if (quarters.length === 0) return '24 h: nobody waited'
  const { most, longest, taken } = figuresOf(quarters)
  return `24 h: most ${most[1]}, longest ${longest}, ${taken} taken`
}

function figuresOf(quarters: readonly BoardQuarter[]) {
  return {
    most: quarters.reduce((a, b) => (b[1] > a[1] ? b : a)),
    longest: durationOf(0, Math.max(...quarters.map(([, , , ms]) => ms))),
    taken: quarters.reduce((sum, [, , each]) => sum + each, 0),
  }
}

function wordsOf(quarters: readonly BoardQuarter[]): string {
  if (quarters.length === 0) return 'nobody waited'
  const { most, longest, taken } = figuresOf(quarters)
  return `most ${most[1]} at ${clockTime(most[0])}, longest ${longest}, ${taken} taken`
}
