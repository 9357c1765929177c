/** Charts of all machines, placed once each: by ELK, in a worker, so that the page never waits for it. */
import type { ELK } from 'elkjs/lib/elk-api.js'
import ElkApi from 'elkjs/lib/elk-api.js'
import type { Graph } from '../../../diagram/graph.ts'
import { type Layout, layOut } from '../../../diagram/layout.ts'
import { ofAllMachines } from '../../../diagram/machines.ts'
import { chartOf } from '../../../diagram/model.ts'
import type { MachineName } from '../../../protocol.ts'
import { fullGraph, smallGraph } from './graph.ts'
import { type Detail, type Measure, settingOf } from './setting.ts'

/** Of all machines, in detail. The page and the machines that run behind it are of one build. */
export const GRAPHS: ReadonlyMap<MachineName, Graph> = ofAllMachines((machine, name) =>
  fullGraph(chartOf(machine, name)),
)

/** Fonts of `style/3-charts.css`. */
const FONTS = { state: '600 12px system-ui, sans-serif', label: '11px system-ui, sans-serif' } as const

function measure(): Measure {
  const canvas = document.createElement('canvas').getContext('2d')
  return (text, kind) => {
    if (canvas === null) return text.length * 7
    canvas.font = FONTS[kind]
    return canvas.measureText(text).width
  }
}

/** As far as it is used here; the library of types for browsers lacks it. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: () => string }): { createScriptURL(text: string): string }
}

declare global {
  var trustedTypes: TrustedTypes | undefined
}

/** Where trusted types are enforced, an address of a script needs a policy; this one knows a single address. */
function workerUrl(): string {
  const path = '/inspect/layout-worker.js'
  const policy = globalThis.trustedTypes?.createPolicy('mrdian', { createScriptURL: () => path })
  return policy?.createScriptURL('') ?? path
}

export class Layouts {
  readonly #elk: ELK = new ElkApi({ workerFactory: () => new Worker(workerUrl()) })
  readonly #measure = measure()
  readonly #placed = new Map<string, Layout>()
  readonly #asked = new Set<string>()
  readonly #placedOne: () => void

  constructor(placedOne: () => void) {
    this.#placedOne = placedOne
  }

  /** `undefined`: not placed yet; `placedOne` tells when it is. */
  of(machine: MachineName, detail: Detail): Layout | undefined {
    const key = `${machine} ${detail}`
    const known = this.#placed.get(key)
    const graph = GRAPHS.get(machine)
    if (known === undefined && graph !== undefined && !this.#asked.has(key)) {
      this.#asked.add(key)
      const asked = detail === 'full' ? graph : smallGraph(graph)
      layOut(this.#elk, asked, settingOf(detail, this.#measure)).then(
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
