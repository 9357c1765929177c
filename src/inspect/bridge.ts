/**
 * The bridge between an engine and its viewers. It receives each step once and sends each viewer the part that it
 * wants. While there is no viewer, the engine collects nothing.
 */

import type { Directory } from '../directory/model.ts'
import type { Engine } from '../engine/api.ts'
import type { InspectedEvent, Inspection } from '../engine/inspection/api.ts'
import { directoryNames } from './directory-names.ts'
import type { ControlFrame, HelloFrame, StepRequest } from './protocol.ts'
import { PROTOCOL } from './protocol.ts'
import { Seen } from './seen.ts'
import { selectionOf, type Wanted } from './selection.ts'
import { LiveViewer } from './viewer.ts'
import type { ViewerSocket } from './viewer-socket.ts'

/** The part of an engine that the inspector uses. */
export type InspectedEngine = Pick<Engine, 'history' | 'on' | 'now'> & {
  readonly inspection: Omit<Inspection, 'present'> & {
    present(aggregate: string): readonly InspectedEvent[] | Promise<readonly InspectedEvent[]>
  }
  /** For names. */
  readonly get?: Pick<Engine['get'], 'directory'>
  /**
   * The past has to be read before it is shown: this reads what `now`, or `now` and `aggregates`, return from then on. An
   * engine that runs has no such method.
   */
  readonly look?: (what: 'now' | 'aggregates') => Promise<void>
}

export interface BridgeOptions {
  /** Shows names, numbers and values of call variables. Otherwise they are `(hidden)`. */
  readonly personal?: boolean
  /** Most frames a second for a viewer. Further frames are dropped, and their number is sent. Default: 1000. */
  readonly framesPerSecond?: number
  /** Most viewers at once. Default: 16. */
  readonly viewers?: number
  /** Called with the number of viewers when one connects or disconnects. */
  readonly onViewers?: (viewers: number) => void
  /** Version of the program, which viewers show. */
  readonly version?: string
  /** If given, viewers may control a simulation step by step. */
  readonly onStep?: (action: StepRequest['action']) => void
}

/** The request of a viewer. */
export interface View extends Wanted {
  /** The stream has control frames, and contexts only for the focus. */
  readonly isCompact: boolean
  /** Names of aggregates. */
  readonly focus: readonly string[]
}

/** Numbers for metrics. */
export interface BridgeFigures {
  readonly viewers: number
  /** Both since the start. */
  readonly framesSent: number
  readonly framesDropped: number
}

const DEFAULTS = { framesPerSecond: 1000, viewers: 16, version: '' } as const
/** Close codes of WebSockets. */
const GOING_AWAY = 1001

/** Makes a bridge. It listens to the engine while it has viewers. */
export function inspectorBridge(engine: InspectedEngine, options: BridgeOptions = {}): InspectorBridge {
  return new InspectorBridge(engine, options)
}

export class InspectorBridge {
  readonly engine: InspectedEngine
  readonly personal: boolean
  readonly #options: BridgeOptions
  readonly #viewers = new Set<LiveViewer>()
  readonly #endings: (() => void)[]
  #unsubscribe: (() => void) | undefined
  /** A reset is under way. Nothing is sent, because it would be about a state that is being removed. */
  #isResetting = false
  #isClosed = false
  #sent = 0
  #dropped = 0

  constructor(engine: InspectedEngine, options: BridgeOptions) {
    this.engine = engine
    this.personal = options.personal ?? false
    this.#options = options
    this.#endings = [
      engine.on('reset', () => {
        this.#isResetting = true
      }),
      engine.on('committed', () => {
        if (this.#isResetting) setImmediate(() => this.#restart())
      }),
      engine.on('directory', ({ directory }) => this.tell(directoryNames(directory, this.personal))),
    ]
  }

  get figures(): BridgeFigures {
    return { viewers: this.#viewers.size, framesSent: this.#sent, framesDropped: this.#dropped }
  }

  /** True if no further viewer is accepted. */
  get isFull(): boolean {
    return this.#isClosed || this.#viewers.size >= (this.#options.viewers ?? DEFAULTS.viewers)
  }

  /** Adds a viewer that has signed in. */
  add(socket: ViewerSocket, view: View): void {
    const { personal } = this
    const viewer: LiveViewer = new LiveViewer({
      socket,
      selection: selectionOf(view),
      isCompact: view.isCompact,
      focus: view.focus,
      personal,
      framesPerSecond: this.#framesPerSecond,
      present: (aggregate) => this.engine.inspection.present(aggregate),
      hello: () => this.#hello(),
      now: () => this.engine.now(),
      count: (what, frames) => {
        if (what === 'sent') this.#sent += frames
        else this.#dropped += frames
      },
      heard: (message) => {
        if (message.type === '@mrdian.step') this.#options.onStep?.(message.action)
      },
    })
    this.#viewers.add(viewer)
    socket.once('close', () => this.#remove(viewer))
    this.#subscribe()
    this.#tellNames(viewer)
    if (!this.#isResetting) viewer.begin(this.engine.inspection.aggregates())
    this.#options.onViewers?.(this.#viewers.size)
  }

  /** Sends a control frame to all viewers of compact streams. */
  tell(frame: ControlFrame): void {
    for (const viewer of this.#viewers) viewer.tell(frame)
  }

  /** Closes the streams of all viewers, and accepts no more. */
  close(): void {
    this.#isClosed = true
    for (const end of this.#endings) end()
    for (const viewer of this.#viewers) viewer.close(GOING_AWAY, 'the inspector ends')
  }

  /** Cuts off all viewers that are still connected. */
  terminate(): void {
    for (const viewer of this.#viewers) viewer.terminate()
  }

  get #framesPerSecond(): number {
    return this.#options.framesPerSecond ?? DEFAULTS.framesPerSecond
  }

  #hello(): HelloFrame {
    return {
      type: '@mrdian.hello',
      protocol: PROTOCOL,
      version: this.#options.version ?? DEFAULTS.version,
      storeId: this.engine.history?.storeId ?? '',
      now: this.engine.now(),
      redacted: !this.personal,
      history: this.engine.history !== undefined,
      framesPerSecond: this.#framesPerSecond,
      steps: this.#options.onStep !== undefined,
    }
  }

  #tellNames(viewer: LiveViewer): void {
    const directory: Directory | undefined = this.engine.get?.directory()
    if (directory) viewer.tell(directoryNames(directory, this.personal))
  }

  #subscribe(): void {
    this.#unsubscribe ??= this.engine.inspection.subscribe((event) => {
      if (this.#isResetting) return
      const seen = new Seen(event, this.personal)
      for (const viewer of this.#viewers) viewer.see(seen)
    })
  }

  #remove(viewer: LiveViewer): void {
    this.#viewers.delete(viewer)
    this.#options.onViewers?.(this.#viewers.size)
    if (this.#viewers.size > 0) return
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
  }

  #restart(): void {
    const aggregates = [...this.engine.inspection.aggregates()]
    // The new state does not exist yet. A later commit brings it.
    if (!this.#isResetting || aggregates.length === 0) return
    this.#isResetting = false
    const { storeId, now } = this.#hello()
    for (const viewer of this.#viewers) {
      viewer.forget()
      viewer.tell({ type: '@mrdian.reset', storeId, now })
      this.#tellNames(viewer)
      viewer.begin(aggregates)
    }
  }
}
