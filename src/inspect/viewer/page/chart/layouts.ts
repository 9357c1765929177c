/** The layouts of the charts of all machines. ELK computes each once, in a worker, so that the page is not blocked. */
import type { ELK } from 'elkjs/lib/elk-api.js'
import ElkApi from 'elkjs/lib/elk-api.js'
import type { Graph } from '../../../diagram/graph.ts'
import { type Layout, layOut } from '../../../diagram/layout.ts'
import { ofAllMachines } from '../../../diagram/machines.ts'
import { chartOf } from '../../../diagram/model.ts'
import type { MachineName } from '../../../protocol.ts'
import { widthOf } from '../look/measure.ts'
import { trustedWorker } from '../look/trusted.ts'
import { fullGraph, smallGraph } from './graph.ts'
import { type Detail, type Measure, settingOf } from './setting.ts'

/** The detailed graphs of all machines. They fit the server's machines, because page and server are of one build. */
export const GRAPHS: ReadonlyMap<MachineName, Graph> = ofAllMachines((machine, name) =>
  fullGraph(chartOf(machine, name)),
)

/** The fonts in `style/3-charts.css`. */
const FONTS = { state: '600 12px system-ui, sans-serif', label: '12px system-ui, sans-serif' } as const

const measure: Measure = (text, kind) => widthOf(text, FONTS[kind])

export class Layouts {
  readonly #elk: ELK = new ElkApi({
    workerFactory: () => new Worker(trustedWorker(new URL('layout-worker.js', location.href).href)),
  })
  readonly #placed = new Map<string, Layout>()
  readonly #asked = new Set<string>()
  readonly #placedOne: () => void

  constructor(placedOne: () => void) {
    this.#placedOne = placedOne
  }

  /** The layout of a chart; `undefined` if it is not computed yet. Then `placedOne` is called when it is. */
  of(machine: MachineName, detail: Detail): Layout | undefined {
    const key = `${machine} ${detail}`
    const known = this.#placed.get(key)
    const graph = GRAPHS.get(machine)
    if (known === undefined && graph !== undefined && !this.#asked.has(key)) {
      this.#asked.add(key)
      const asked = detail === 'full' ? graph : smallGraph(graph)
      layOut(this.#elk, asked, settingOf(detail, measure)).then(
        (layout) => {
          this.#placed.set(key, layout)
          this.#placedOne()
        },
        (error: unknown) => console.error(`the chart of ${machine} could not be placed`, error),
      )
    }
    return known
  }
}
