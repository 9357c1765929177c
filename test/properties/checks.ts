/** The checks after every step of a history: `media 4.5`, 12, and the invariants. */
import type { NotificationEvent } from '../../src/engine/events.ts'
import type { AcdTaskValue, TaskDialogValue } from '../../src/engine/values.ts'
import { wrongCalls } from './call-checks.ts'
import { MRDS } from './history.ts'
import type { Stage } from './stage.ts'

/** Interruptible MRDs of the sample; chat and voice interrupt. */
const INTERRUPTIBLE = ['5001', '5003']
const ENDED: readonly string[] = ['handled', 'abandoned', 'resubmitted', 'lost', 'expired']
/** States of dialogs that are started. */
const STARTED: readonly string[] = ['ACTIVE', 'PAUSED', 'WRAPPING_UP', 'INTERRUPTED', 'UNKNOWN']
/** States in which an agent gets no task. */
const UNAVAILABLE: readonly string[] = ['LOGOUT', 'NOT_READY', 'WORK_NOT_READY']

export class Books {
  readonly #stage: Stage
  readonly #submitted: string[] = []
  readonly #found: string[] = []
  /** Number of open dialogs, and the limit, after the previous step, by agent and MRD. */
  #before = new Map<string, { readonly open: number; readonly limit: number }>()
  /** Agents who had a call and since then always an open dialog. They may get no new tasks (4.5). */
  readonly #marked = new Set<string>()
  /** Agents with a started chat or on a call after the previous step. */
  #busyBefore = new Set<string>()
  /** Open dialogs after the previous step. */
  #openBefore = new Set<string>()
  /** Media that were interrupted after the previous step. */
  #interruptedBefore = new Set<string>()
  /** Media that were signed in with IGNORE after the previous step. */
  #ignoringBefore = new Set<string>()
  #faultsEver = false

  constructor(stage: Stage) {
    this.#stage = stage
  }

  submitted(task: string): void {
    this.#submitted.push(task)
  }

  /** A restart does not change what reads show. */
  sameReads(before: unknown, after: unknown): void {
    const was = JSON.stringify(before)
    const is = JSON.stringify(after)
    if (was === is) return
    const at = [...was].findIndex((letter, index) => letter !== is[index])
    this.#found.push(
      `a restart changed a read: …${was.slice(Math.max(0, at - 120), at + 60)}… is …${is.slice(Math.max(0, at - 20), at + 60)}…`,
    )
  }

  /** All failures of the checks now. */
  wrong(): readonly string[] {
    this.#faultsEver ||= this.#stage.faults.length > 0
    this.#mark()
    const found = [
      ...this.#found.splice(0),
      ...this.#stage.failures.splice(0).map((failure) => `an input failed: ${failure}`),
      ...this.#assignment(),
      ...this.#eligibility(),
      ...this.#tasks(),
      ...this.#waiting(),
      ...this.#notifications(),
      ...this.#interrupts(),
      ...wrongCalls(this.#stage),
      ...this.#stage.parties.wrong(),
    ]
    return found
  }

  // ------------------------------------------------------------------------------------------------ tasks

  /** No agent gets more dialogs than the limit. A lower limit at a sign-in does not end dialogs. */
  #assignment(): readonly string[] {
    const before = this.#before
    this.#before = new Map()
    return this.#media().flatMap(({ user, mrd, status }) => {
      const key = `${user} ${mrd}`
      const open = this.#dialogs(user, mrd).length
      const limit = status.maxDialogLimit
      this.#before.set(key, { open, limit })
      if (status.state === 'LOGOUT' && open > 0) return [`${key} is signed out with ${open} dialogs`]
      // Within one step a task may have come before the limit was lowered.
      const was = before.get(key) ?? { open: 0, limit }
      const excess = open > Math.max(limit, was.limit) && open > was.open
      return excess ? [`${key} has ${open} dialogs, the limit is ${limit}`] : []
    })
  }

  /** An agent with a chat or a call before and after a step gets no task of another MRD in it (4.5, condition 4). */
  #eligibility(): readonly string[] {
    const { dialogs, users } = this.#stage
    const busy = new Set(
      users.flatMap((user) => [
        ...(this.#chats(user) ? [`${user} at chat`] : []),
        ...(this.#isOnCall(user) ? [`${user} on a call`] : []),
      ]),
    )
    const wrong = dialogs.flatMap(({ id, user, mrd }) => {
      if (this.#openBefore.has(id)) return []
      const kinds = mrd === '5002' ? [`${user} on a call`] : [`${user} at chat`, `${user} on a call`]
      return kinds.filter((kind) => busy.has(kind) && this.#busyBefore.has(kind)).map((kind) => `${id} came to ${kind}`)
    })
    this.#busyBefore = busy
    this.#openBefore = new Set(dialogs.map(({ id }) => id))
    return wrong
  }

  /** Every task is in one place, and its dialog agrees with it. */
  #tasks(): readonly string[] {
    const { tasks, dialogs } = this.#stage
    const byId = new Map(tasks.map((task) => [task.id, task]))
    const wrong = this.#submitted.filter((id) => !byId.has(id)).map((id) => `task ${id} is lost without a trace`)
    const holders = new Map<string, AcdTaskValue[]>()
    const successors = new Map<string, string>()
    for (const task of tasks) {
      if (task.state === 'reserved')
        holders.set(task.dialogId ?? '', [...(holders.get(task.dialogId ?? '') ?? []), task])
      wrong.push(...this.#task(task, dialogs, byId))
      if (task.resubmittedAs === undefined) continue
      const other = successors.get(task.resubmittedAs)
      if (other !== undefined) wrong.push(`${task.id} and ${other} both became ${task.resubmittedAs}`)
      successors.set(task.resubmittedAs, task.id)
    }
    for (const { id } of dialogs) {
      const count = holders.get(id)?.length ?? 0
      if (count !== 1) wrong.push(`dialog ${id} belongs to ${count} reserved tasks`)
    }
    for (const { id, state } of tasks)
      if (!this.#submitted.includes(id) && !successors.has(id) && state !== 'abandoned')
        wrong.push(`task ${id} came from nowhere`)
    return wrong
  }

  #task(task: AcdTaskValue, dialogs: readonly TaskDialogValue[], byId: ReadonlyMap<string, AcdTaskValue>) {
    const wrong: string[] = []
    const dialog = dialogs.find(({ id }) => id === task.dialogId)
    if (task.state === 'reserved' && !dialog)
      wrong.push(`task ${task.id} is reserved, dialog ${task.dialogId} is not open`)
    if (task.state === 'reserved' && dialog && dialog.user !== task.agentId)
      wrong.push(`task ${task.id} is with ${task.agentId}, its dialog with ${dialog.user}`)
    if (task.state !== 'reserved' && dialog)
      wrong.push(`task ${task.id} is ${task.state}, dialog ${dialog.id} ${dialog.state}`)
    if (task.pinnedTo !== undefined && dialog && dialog.user !== task.pinnedTo)
      wrong.push(`task ${task.id} was for ${task.pinnedTo} and is with ${dialog.user}`)
    if (task.state === 'resubmitted' && !byId.has(task.resubmittedAs ?? ''))
      wrong.push(`task ${task.id} was resubmitted as nothing`)
    if (task.state === 'lost' && !this.#faultsEver) wrong.push(`task ${task.id} is lost although nothing failed`)
    if (task.state !== 'queued' && task.state !== 'reserved' && !ENDED.includes(task.state))
      wrong.push(`task ${task.id}: ${task.state}`)
    return wrong
  }

  /** No task waits while an agent may get it (4.5). */
  #waiting(): readonly string[] {
    const down = this.#stage.faults.some(({ type }) => type !== 'resubmission')
    if (down) return []
    return this.#stage.tasks.flatMap((task) => {
      if (task.state !== 'queued') return []
      const free = this.#media().filter(({ user, mrd }) => {
        if (mrd !== task.mrd || (task.pinnedTo ?? user) !== user) return false
        return this.#mayHave(user, mrd)
      })
      return free.map(({ user }) => `task ${task.id} waits although ${user} is free`)
    })
  }

  #mayHave(user: string, mrd: string): boolean {
    const { status } = this.#stage.media(user, mrd)
    if (!status || UNAVAILABLE.includes(status.state) || !status.routable) return false
    if (this.#dialogs(user, mrd).length >= status.maxDialogLimit) return false
    return !this.#marked.has(user) && !this.#isOnCall(user) && (mrd === '5002' || !this.#chats(user))
  }

  #mark(): void {
    for (const user of this.#stage.users) {
      const idle = this.#calls(user).length + (this.#stage.engine.get.dialogs(user, 'nonvoice')?.length ?? 0) === 0
      if (idle) this.#marked.delete(user)
      // A chat and a call may both begin and one of them may end within one step, so every agent with a call is marked.
      else if (this.#isOnCall(user) || this.#hasCall(user)) this.#marked.add(user)
    }
  }

  // ------------------------------------------------------------------------------------------------ notifications

  /** The last notification about an object has the values that a read shows. */
  #notifications(): readonly string[] {
    const dialogs = new Map(this.#stage.dialogs.map((dialog) => [dialog.id, dialog]))
    return [...this.#stage.told.entries()].flatMap(([about, event]) => {
      const { value } = event
      const read = this.#read(event, dialogs)
      if (event.event === 'DELETE') return read === undefined ? [] : [`${about} was removed and is still there`]
      if (value.kind === 'call') return [] // no user may read the call of an agent who was signed out by force
      if (read === undefined) return [`${about} is gone without a word`]
      if (silent(read)) return []
      // Changes while the side is out of service are published when it is back (ruling 29).
      if (value.kind === 'user' && !this.#stage.isInService) return []
      // The end of an interrupt changes the time of a dialog without a notification (D13).
      const restored = value.kind === 'task' && INTERRUPTIBLE.includes(value.mrd)
      const untold = [
        ...UNTOLD,
        ...(restored ? ['stateChangeTime'] : []),
        // A state that is asked for during a preview is told when it holds (U19).
        ...(value.kind === 'user' && value.state === 'RESERVED_OUTBOUND_PREVIEW' ? ['pendingState'] : []),
        // Each side has its own value. A medium in LOGOUT publishes nothing when the link is lost.
        ...(this.#stage.sides.length > 1 || !this.#stage.isInService ? ['mediaConnected'] : []),
      ]
      const shown = JSON.stringify(read)
      return shown === JSON.stringify(value) ? [] : differences(value, JSON.parse(shown), untold, about)
    })
  }

  /** The value of a notification as a read shows it now. `dialogs`: the open ones, by id. */
  #read({ value, source }: NotificationEvent, dialogs: ReadonlyMap<string, TaskDialogValue>): object | undefined {
    const { get } = this.#stage.engine
    switch (value.kind) {
      case 'user':
        return get.user(value.id)
      case 'media':
        return this.#stage.media(value.user, value.id)
      case 'task':
        return dialogs.get(value.id)
      case 'call': {
        const [, user = ''] = /User\/([^/]+)/.exec(source) ?? []
        return get.dialogs(user, 'voice')?.find(({ id }) => id === value.id)
      }
      default:
        return value
    }
  }

  // ------------------------------------------------------------------------------------------------ interrupts

  /** INTERRUPTED only while work interrupts, only in interruptible MRDs, and never after a sign-in with IGNORE (I2). */
  #interrupts(): readonly string[] {
    const interruptedBefore = this.#interruptedBefore
    const ignoringBefore = this.#ignoringBefore
    this.#interruptedBefore = new Set()
    this.#ignoringBefore = new Set()
    return this.#media().flatMap(({ user, mrd, status }) => {
      const key = `${user} ${mrd}`
      if (status.interruptAction === 'IGNORE') this.#ignoringBefore.add(key)
      const states = this.#dialogs(user, mrd).map(({ state }) => state)
      if (status.state !== 'INTERRUPTED' && !states.includes('INTERRUPTED')) return []
      this.#interruptedBefore.add(key)
      if (!INTERRUPTIBLE.includes(mrd)) return [`${key} is interrupted and must not be`]
      const ignores = status.interruptAction === 'IGNORE' && ignoringBefore.has(key) && !interruptedBefore.has(key)
      if (ignores) return [`${key} is interrupted and ignores interrupts`]
      const interrupting = this.#isOnCall(user) || this.#chats(user)
      return interrupting ? [] : [`${key} is interrupted although nothing interrupts`]
    })
  }

  // ------------------------------------------------------------------------------------------------ reads

  #media() {
    return this.#stage.users.flatMap((user) =>
      MRDS.flatMap((mrd) => {
        const { status } = this.#stage.media(user, mrd)
        return status ? [{ user, mrd, status }] : []
      }),
    )
  }

  #dialogs(user: string, mrd: string): readonly TaskDialogValue[] {
    const dialogs = this.#stage.engine.get.dialogs(user, 'nonvoice', mrd) ?? []
    return dialogs.flatMap((dialog) => (dialog.kind === 'task' ? [dialog] : []))
  }

  #chats = (user: string): boolean => this.#dialogs(user, '5002').some(({ state }) => STARTED.includes(state))

  #hasCall = (user: string): boolean => this.#calls(user).length > 0

  /** The agent's calls. One by which somebody listens to the agent is none. */
  #calls(user: string) {
    const calls = this.#stage.engine.get.dialogs(user, 'voice') ?? []
    return calls.filter((call) => call.kind === 'call' && call.monitor?.agent !== user)
  }

  /** The call of an agent who is signed out does not count (ruling 47). */
  #isOnCall(user: string): boolean {
    if (this.#stage.engine.get.user(user)?.state === 'LOGOUT') return false
    return this.#calls(user).some(
      (call) =>
        call.kind === 'call' &&
        call.participants.some((party) => party.user === user && (party.state === 'ACTIVE' || party.state === 'HELD')),
    )
  }
}

/** Settings, which change without a notification (A2). */
const UNTOLD: readonly string[] = ['maxDialogLimit', 'interruptAction', 'dialogLogoutAction']

/** Fields in which two values differ, as `path: was -> is`. */
function differences(said: unknown, is: unknown, untold: readonly string[], path = ''): readonly string[] {
  const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null
  if (!isRecord(said) || !isRecord(is))
    return JSON.stringify(said) === JSON.stringify(is)
      ? []
      : [`${path}: told ${JSON.stringify(said)}, is ${JSON.stringify(is)}`]
  const before = new Map<string, unknown>(Object.entries(said))
  const after = new Map<string, unknown>(Object.entries(is))
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => !untold.includes(key))
    .flatMap((key) => differences(before.get(key), after.get(key), untold, `${path}/${key}`))
}

/** An interrupt changes a dialog without a notification (D12). */
const silent = (read: object): boolean => 'state' in read && read.state === 'INTERRUPTED'
