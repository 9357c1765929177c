/** A snapshot in the making, while a machine takes its step. */
import {
  type ActorOptions,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyActorScope,
  type AnyEventObject,
  type AnyMachineSnapshot,
  createActor,
  type InspectionEvent,
} from 'xstate'
import {
  type Act,
  type Assign,
  actOf,
  type Emit,
  isAssign,
  isEmit,
  isStop,
  type Made,
  type Stop,
  type Told,
} from './act.ts'
import type { Place, Row } from './layout.ts'
import { tellOutlet } from './outlet.ts'

type Context = Record<string, unknown>
type Children = Record<string, AnyActorRef | undefined>

interface Reporting {
  /** XState's types leave it out. */
  _sendInspectionEvent(event: Microstep): void
}

const isReporting = (system: object): system is Reporting => '_sendInspectionEvent' in system

type Microstep = Omit<Extract<InspectionEvent, { type: '@xstate.microstep' }>, 'rootId'>

export class Draft {
  readonly machine: AnyMachineSnapshot['machine']
  /** Copied before the first change; nobody else sees the copy before the step is over. */
  context: Context
  children: Children
  place: Place
  event: AnyEventObject
  readonly raised: AnyEventObject[] = []
  readonly #before: AnyMachineSnapshot
  readonly #scope: AnyActorScope
  readonly #extra = { internalQueue: this.raised, deferredActorIds: undefined }
  #ownsContext = false
  #changes = 0

  constructor(snapshot: AnyMachineSnapshot, place: Place, event: AnyEventObject, scope: AnyActorScope) {
    this.machine = snapshot.machine
    this.context = snapshot.context
    this.children = snapshot.children
    this.place = place
    this.event = event
    this.#before = snapshot
    this.#scope = scope
  }

  /** The first context, and the entry of the first state. */
  begin(input: unknown): void {
    const { context } = this.machine.config
    const about = { input, spawn: this.#spawn, self: this.#scope.self }
    this.#write(typeof context === 'function' ? context(about) : (context ?? {}))
    this.#changes += 1
    this.#perform(this.place.entry)
  }

  /** Takes a row, if there is one. Returns whether it changed anything. */
  take(row: Row | undefined): boolean {
    const before = this.#changes
    if (row) this.#move(row)
    this.#report(row)
    return this.#changes > before
  }

  #move({ acts, target }: Row): void {
    if (!target) this.#perform(acts)
    else {
      this.#perform(this.place.exit)
      this.#perform(acts)
      if (this.place !== target) this.#changes += 1
      this.place = target
      this.#perform(target.entry)
      if (target.isFinal) this.#perform(target.exit)
    }
  }

  /** To whoever inspects the actors; for nobody else the snapshot is made. */
  #report(row: Row | undefined): void {
    const { system, self } = this.#scope
    if (!isReporting(system)) return
    const snapshot = () => this.finish()
    system._sendInspectionEvent({
      type: '@xstate.microstep',
      actorRef: self,
      event: this.event,
      get snapshot() {
        return snapshot()
      },
      _transitions: row ? [row.definition] : [],
    })
  }

  /** The snapshot that XState would have made. */
  finish(): AnyMachineSnapshot {
    if (this.#changes === 0) return this.#before
    const { context, children, place } = this
    const after = { ...this.#before, context, _nodes: [...place.nodes], value: place.value, children }
    return place.isFinal ? { ...after, status: 'done', output: undefined, error: undefined } : after
  }

  #perform(acts: readonly Act[]): void {
    for (const { made, params } of acts) {
      const { self, system } = this.#scope
      const told = { context: this.context, event: this.event, self, system }
      if (isAssign(made)) this.#assign(made, told, params)
      else if (isEmit(made)) this.#emit(made, told, params)
      else if (isStop(made)) this.#stop(made, told, params)
      else this.#resolve(made, told, params)
    }
  }

  #resolve(made: Made, told: Told, params: unknown): void {
    const [, resolved, actions] = made.resolve(this.#scope, this, told, params, made, this.#extra)
    made.execute?.(this.#scope, resolved)
    if (actions) this.#perform(actions.map((action) => actOf(this.machine, action)))
  }

  #assign({ assignment }: Assign, told: Told, params: unknown): void {
    this.#changes += 1
    const about = { ...told, spawn: this.#spawn }
    if (typeof assignment === 'function') return this.#write(assignment(about, params))
    const update: Context = {}
    for (const [name, value] of Object.entries(assignment))
      update[name] = typeof value === 'function' ? value(about, params) : value
    this.#write(update)
  }

  /** When the step is over, in order with what is sent. */
  #emit({ event }: Emit, told: Told, params: unknown): void {
    const emitted = typeof event === 'function' ? event(told, params) : event
    const scope = this.#scope
    scope.defer(() => tellOutlet(scope, emitted))
  }

  #stop(made: Stop, told: Told, params: unknown): void {
    const { actorRef } = made
    const named = typeof actorRef === 'function' ? actorRef(told, params) : actorRef
    const child = typeof named === 'string' ? this.children[named] : named
    this.#changes += 1
    if (!child) return
    const { [child.id]: _, ...others } = this.children
    this.children = others
    made.execute?.(this.#scope, child)
  }

  #write(update: object): void {
    if (!this.#ownsContext) this.context = { ...this.context }
    this.#ownsContext = true
    Object.assign(this.context, update)
  }

  /** As in XState: the child is there at once, and begins when the step is over. */
  readonly #spawn = (src: string, options: ActorOptions<AnyActorLogic>): AnyActorRef => {
    const logic = this.machine.implementations.actors[src]
    if (!logic || !('transition' in logic)) throw new TypeError(`${this.machine.id}: no actor is called ${src}`)
    const child = createActor(logic, { ...options, parent: this.#scope.self, src })
    this.children = { ...this.children, [child.id]: child }
    this.#scope.defer(() => {
      if (this.children[child.id] === child) child.start()
    })
    return child
  }
}
