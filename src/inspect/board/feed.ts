/**
 * Sends the changes of the board. The engine's commits name the aggregates that changed; the feed reads their rows and
 * sends those that differ. Without commits or without viewers it reads nothing.
 */
import type { WebSocket } from 'ws'
import type { Directory } from '../../directory/model.ts'
import type { Engine } from '../../engine/api.ts'
import type { Visitor } from '../access/visitor.ts'
import { QueuesOfDay } from './day.ts'
import { type BeginMessage, BOARD_PROTOCOL } from './protocol.ts'
import { agentOf, columnsOf, limitsOf, queuesOf, sidesOf } from './rows.ts'
import { type Scope, scopeOf } from './scope.ts'
import { BoardReader, type More } from './viewer.ts'

/** Aggregates whose changes may change `queuesOf`. */
const QUEUE = /^(?:voice-)?queue\//

export interface FeedOptions {
  readonly engine: Engine
  readonly acts: boolean
  readonly hasInspector: boolean
  readonly timeStandsStill: boolean
  /** Milliseconds for which changes are collected, so that a busy centre causes no more messages than a quiet one. */
  readonly gatherMs: number
  readonly beatMs: number
  /** Called with unexpected errors. */
  readonly failed: (error: unknown) => void
}

export class Feed {
  readonly #options: FeedOptions
  readonly #viewers = new Set<BoardReader>()
  readonly #rows = new Map<string, string>()
  readonly #dirty = new Set<string>()
  readonly #day: QueuesOfDay
  #queues = ''
  #sides = ''
  #directory: Directory | undefined
  #stop: (() => void) | undefined
  #gathering: NodeJS.Timeout | undefined

  constructor(options: FeedOptions) {
    this.#options = options
    this.#day = new QueuesOfDay(options.engine, options.failed)
  }

  get viewers(): number {
    return this.#viewers.size
  }

  /** Sends everything to a page, and then the changes, until its socket closes. */
  add(socket: WebSocket, visitor: Visitor, scope: Scope): void {
    const { engine } = this.#options
    if (this.#viewers.size === 0) this.#start()
    const viewer = new BoardReader(socket, visitor, (user) => this.#rows.get(user))
    this.#viewers.add(viewer)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#viewers.delete(viewer)
      if (this.#viewers.size === 0) this.#end()
    })
    viewer.begin(scope, this.#beginMessage(scope))
    if (!viewer.flush(engine.now())) this.#gather()
  }

  /** Closes all streams because the server stops. */
  close(): void {
    this.#day.close()
    for (const viewer of this.#viewers) viewer.close('stopping')
    this.#end()
  }

  #start(): void {
    const { engine, beatMs } = this.#options
    this.#readAll()
    void this.#readDay()
    const committed = engine.on('committed', ({ aggregates }) => {
      for (const aggregate of aggregates) this.#dirty.add(aggregate)
      this.#gather()
    })
    // A store that fails takes the sides out of service without a commit.
    const store = engine.on('store', () => {
      this.#dirty.add('side/')
      this.#gather()
    })
    const beat = setInterval(() => this.#beat(), beatMs)
    this.#stop = () => {
      committed()
      store()
      clearInterval(beat)
    }
  }

  #end(): void {
    this.#stop?.()
    this.#stop = undefined
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    this.#rows.clear()
    this.#dirty.clear()
  }

  #gather(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined
      this.#sendChanges()
    }, this.#options.gatherMs)
  }

  #sendChanges(): void {
    const { engine } = this.#options
    if (engine.get.directory() !== this.#directory) this.#restart()
    else {
      const { users, more } = this.#readChanges()
      for (const viewer of this.#viewers) viewer.changed(users, more)
    }
    const left = [...this.#viewers].filter((viewer) => !viewer.flush(engine.now()))
    if (left.length > 0) this.#gather()
  }

  /** After a change of the directory, viewers may see other agents. */
  #restart(): void {
    this.#readAll()
    const { get } = this.#options.engine
    for (const viewer of [...this.#viewers]) {
      const scope = scopeOf(viewer.visitor, get.directory())
      if (scope) viewer.begin(scope, this.#beginMessage(scope))
      else this.#drop(viewer, 'forbidden')
    }
  }

  #readAll(): void {
    const { get } = this.#options.engine
    this.#directory = get.directory()
    this.#dirty.clear()
    this.#rows.clear()
    for (const { id } of this.#directory.users) this.#read(id)
    this.#queues = JSON.stringify(queuesOf(get))
    this.#sides = JSON.stringify(sidesOf(get))
  }

  /** Reads the row of an agent; true if it has changed. */
  #read(user: string): boolean {
    const agent = agentOf(this.#options.engine.get, user)
    const text = agent && JSON.stringify(agent)
    if (text === undefined || text === this.#rows.get(user)) return false
    this.#rows.set(user, text)
    return true
  }

  #readChanges(): { readonly users: readonly string[]; readonly more: More } {
    const { get } = this.#options.engine
    const names = [...this.#dirty]
    this.#dirty.clear()
    const users = names.flatMap((name) => (name.startsWith('user/') ? name.slice('user/'.length) : []))
    const queues = names.some((name) => QUEUE.test(name)) ? queuesOf(get) : undefined
    const sides = names.some((name) => name.startsWith('side/')) ? sidesOf(get) : undefined
    const hasQueues = queues !== undefined && this.#queues !== JSON.stringify(queues)
    const hasSides = sides !== undefined && this.#sides !== JSON.stringify(sides)
    if (hasQueues) this.#queues = JSON.stringify(queues)
    if (hasSides) this.#sides = JSON.stringify(sides)
    return {
      users: users.filter((user) => this.#read(user)),
      more: { ...(hasQueues ? { queues } : {}), ...(hasSides ? { sides } : {}) },
    }
  }

  #beginMessage({ viewer, teams, users }: Scope): Omit<BeginMessage, 'number'> {
    const { engine, acts, hasInspector, timeStandsStill } = this.#options
    const { get } = engine
    return {
      type: 'begin',
      protocol: BOARD_PROTOCOL,
      now: engine.now(),
      viewer,
      agents: users.length,
      mrds: columnsOf(get),
      teams: teams.map(({ id, name }) => ({ id, name })),
      queues: queuesOf(get),
      sides: sidesOf(get),
      history: this.#day.value,
      limits: limitsOf(get),
      mayAct: acts && viewer.role !== 'kiosk',
      hasInspector: hasInspector && viewer.role === 'administrator',
      timeStandsStill,
    }
  }

  /** The day of the queues is read beside everything else, and sent when it has changed. */
  async #readDay(): Promise<void> {
    if (!(await this.#day.refresh())) return
    for (const viewer of this.#viewers) viewer.changed([], { history: this.#day.value })
    if (this.#viewers.size > 0) this.#gather()
  }

  #beat(): void {
    void this.#readDay()
    for (const viewer of [...this.#viewers]) if (!viewer.beat(this.#options.engine.now())) this.#drop(viewer, 'slow')
  }

  #drop(viewer: BoardReader, why: 'forbidden' | 'slow'): void {
    viewer.close(why)
    this.#viewers.delete(viewer)
    if (this.#viewers.size === 0) this.#end()
  }
}
