/** Charts of all machines, placed once each: by ELK, in a worker, so that the page never waits for it. */
import type { ELK } from 'elkjs/lib/elk-api.js'
import ElkApi from 'elkjs/lib/elk-api.js'
import {
  callMachine,
  mediaMachine,
  presenceMachine,
  sideMachine,
  taskMachine,
  userMachine,
} from '../../../../../machines/index.ts'
import { chartOf } from '../../../diagram/model.ts'
import type { MachineName } from '../../../protocol.ts'
import { type ChartGraph, graphOf, smallGraph } from './graph.ts'
import { type ChartLayout, type Detail, layOut, type Measure } from './layout.ts'

/** The page and the machines that run behind it are of one build. */
export const GRAPHS: Readonly<Record<MachineName, ChartGraph>> = {
  user: graphOf(chartOf(userMachine)),
  media: graphOf(chartOf(mediaMachine)),
  task: graphOf(chartOf(taskMachine)),
  presence: graphOf(chartOf(presenceMachine)),
  call: graphOf(chartOf(callMachine)),
  side: graphOf(chartOf(sideMachine)),
}

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
  readonly #placed = new Map<string, ChartLayout>()
  readonly #asked = new Set<string>()
  readonly #placedOne: () => void

  constructor(placedOne: () => void) {
    this.#placedOne = placedOne
  }

  /** `undefined`: not placed yet; `placedOne` tells when it is. */
  of(machine: MachineName, detail: Detail): ChartLayout | undefined {
    const key = `${machine} ${detail}`
    const known = this.#placed.get(key)
    if (known === undefined && !this.#asked.has(key)) {
      this.#asked.add(key)
      const graph = detail === 'full' ? GRAPHS[machine] : smallGraph(GRAPHS[machine])
      layOut(this.#elk, graph, detail, this.#measure).then(
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
