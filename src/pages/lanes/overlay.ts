/** What lies over the bars: interrupts as links between lanes, and the line at the time that is marked. */
import { graphic } from 'echarts/core'
import { type Link, linksOf } from './links.ts'
import type { Row } from './rows.ts'
import type { Theme } from './theme.ts'

/** A link between the middles of two rows, in CSS pixels of all rows. */
interface Placed {
  readonly link: Link
  readonly from: number
  readonly to: number
}

interface Place {
  /** Of the canvas among all rows. */
  readonly top: number
  readonly width: number
  readonly height: number
  readonly theme: Theme
  /** Milliseconds since the start. */
  readonly mark: number | undefined
  readonly hasLinks: boolean
}

interface ArrowsShape {
  arrows: readonly { readonly x: number; readonly from: number; readonly to: number }[]
}

/** Size of an arrow's head, and radius of the dot where it begins. */
const HEAD = 4
const DOT = 3

/** A shape of ECharts: vertical arrows. */
graphic.registerShape(
  'arrows',
  graphic.extendShape({
    shape: { arrows: [] },
    buildPath: (context: Pick<CanvasRenderingContext2D, 'moveTo' | 'lineTo' | 'arc'>, { arrows }: ArrowsShape) => {
      for (const { x, from, to } of arrows) {
        const back = from < to ? -HEAD : HEAD
        context.moveTo(x + DOT, from)
        context.arc(x, from, DOT, 0, 2 * Math.PI)
        context.moveTo(x, from)
        context.lineTo(x, to)
        context.moveTo(x - HEAD, to + back)
        context.lineTo(x, to)
        context.lineTo(x + HEAD, to + back)
      }
    },
  }),
)

export class Overlay {
  #placed: readonly Placed[] = []

  /** Computes the links of these rows. */
  links(rows: readonly Row[]): void {
    this.#placed = [...Map.groupBy(rows, ({ agent }) => agent)].flatMap(([agent, own]) => {
      const middles = new Map(
        own.filter(({ kind }) => kind === 'track').map(({ subject, top, height }) => [subject, top + height / 2 + 2]),
      )
      return linksOf(agent).flatMap((link): readonly Placed[] => {
        const [from, to] = [middles.get(link.by), middles.get(link.of)]
        return from === undefined || to === undefined ? [] : [{ link, from, to }]
      })
    })
  }

  shapes(x: (time: number) => number, { top, width, height, theme, mark, hasLinks }: Place) {
    const arrows = (hasLinks ? this.#placed : [])
      .map(({ link, from, to }) => ({ x: x(link.at), from: from - top, to: to - top }))
      .filter(
        (each) =>
          each.x >= 0 && each.x <= width && Math.max(each.from, each.to) >= 0 && Math.min(each.from, each.to) <= height,
      )
    const marked = mark === undefined ? undefined : x(mark)
    const line = { x1: marked, x2: marked, y1: 0, y2: height }
    return {
      type: 'group' as const,
      children: [
        {
          type: 'arrows' as const,
          silent: true,
          z2: 3,
          shape: { arrows },
          style: { fill: 'none', stroke: theme.text, lineWidth: 1.5 },
        },
        ...(marked === undefined || marked < 0 || marked > width
          ? []
          : [
              {
                type: 'line' as const,
                silent: true,
                z2: 4,
                shape: line,
                style: { stroke: theme.accent, lineWidth: 2 },
              },
            ]),
      ],
    }
  }
}
