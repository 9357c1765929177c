/** The lanes of one story, with their legend, tools and table. They are drawn on a canvas, not by components. */
import { element } from '../../../../pages/browser/dom.ts'
import { Lanes } from '../../../../pages/lanes/chart.ts'
import { Legend } from '../../../../pages/lanes/legend.ts'
import { statesIn } from '../../../../pages/lanes/rows.ts'
import { Ruler } from '../../../../pages/lanes/ruler.ts'
import { LaneTable } from '../../../../pages/lanes/table.ts'
import { themeNow } from '../../../../pages/lanes/theme.ts'
import { TimeAxis } from '../../../../pages/lanes/time-axis.ts'
import { zoomTools } from '../../../../pages/lanes/tools.ts'
import { clock } from '../look/format.ts'
import { type StoryLanes, sessionOf } from '../model/lanes.ts'

/** Width of the names of media, in CSS pixels. */
const LEFT = 92

/** A click on the lanes: the time in milliseconds since 1970 UTC, and the actor of the bar there. */
export type Picked = (at: number, session: string | undefined) => void

export class LaneView {
  readonly host: HTMLElement
  readonly lanes: Lanes
  readonly axis: TimeAxis
  readonly #ruler: Ruler
  readonly #table: LaneTable
  readonly #states: string
  readonly #startsAt: number
  readonly #ending = new AbortController()
  readonly #sizes: ResizeObserver

  constructor({ result, begin, end }: StoryLanes, picked: Picked) {
    const { startsAt } = result
    const label = (ms: number) => clock(startsAt + Math.round(ms)).replace('.000', '')
    const user = result.agents[0]?.user ?? ''
    this.#startsAt = startsAt
    this.#states = statesIn([result]).join(' ')
    this.axis = new TimeAxis(end, begin, label)
    const legend = new Legend(statesIn([result]), () => this.#draw())
    const isHidden = (state: string) => legend.isHidden(state)
    this.lanes = new Lanes({
      ...{ result, name: `agent ${user}`, axis: this.axis, isHidden, left: LEFT, hasAgents: false },
      picked: (time, drawn) =>
        picked(startsAt + time, drawn && sessionOf(user, drawn.row.subject, drawn.piece.handling?.dialog)),
    })
    this.#ruler = new Ruler(this.axis, [], false, LEFT)
    this.#table = new LaneTable({ result, isHidden, label }, `Lanes of agent ${user}`)
    const { box } = this.lanes
    this.host = element(
      'div',
      { class: 'lane-view' },
      zoomTools(this.axis),
      this.#ruler.host,
      box,
      legend.host,
      this.#table.host,
    )
    const { signal } = this.#ending
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw(), { signal })
    this.#sizes = new ResizeObserver(() => this.#draw())
    this.#sizes.observe(this.host)
  }

  /** False if the lanes need another view: another start, or a state that the legend lacks. */
  fits({ result }: StoryLanes): boolean {
    return result.startsAt === this.#startsAt && statesIn([result]).join(' ') === this.#states
  }

  /** Shows a newer state of the story. `at`: the moment to mark, in milliseconds since 1970 UTC. */
  update({ result, end }: StoryLanes, at: number | undefined): void {
    this.axis.grow(end)
    this.lanes.replace(result)
    this.#table.replace(result)
    this.lanes.mark = at === undefined ? undefined : at - this.#startsAt
    this.#reveal()
    this.#draw()
  }

  end(): void {
    this.#ending.abort()
    this.#sizes.disconnect()
    this.#ruler.dispose()
    this.lanes.dispose()
  }

  /** Moves the visible span to the marked time, if that is outside. */
  #reveal(): void {
    const { mark } = this.lanes
    const { from, to } = this.axis
    if (mark === undefined || (mark >= from && mark <= to)) return
    const half = (to - from) / 2
    this.axis.show(mark - half, mark + half)
  }

  #draw(): void {
    if (this.host.clientWidth === 0) return
    const theme = themeNow()
    this.#ruler.draw(theme)
    this.lanes.draw(theme)
  }
}
