/**
 * Script lines for what was under way at the beginning of the recorded part: sign-ins, open work, waiting tasks. They
 * are played shortly before it.
 */
import type { MediaView, TaskView } from '../../../machines/effects.ts'
import type { TaskAction } from '../../../machines/wire.ts'
import type { Recorded, RecordedContacts } from './contacts.ts'
import type { Line } from './lines.ts'
import { natural } from './names.ts'
import { arrival, faultFields, noteThat, type Scene } from './outside.ts'
import type { Sums } from './sums.ts'

/** Notes on what the script cannot reproduce. */
const LOST = {
  timers: 'the past duration of open work: its deadlines count from the beginning of this scenario',
  doubt: 'users whose presence was unknown',
  pending: 'states that were pending until the end of a call, and transfers under way',
  wrapUp: 'calls in wrap-up',
} as const

/** By state: the actions that lead to it from OFFERED. */
const WAY: Readonly<Record<string, readonly TaskAction[]>> = {
  ACCEPTED: ['ACCEPT'],
  ACTIVE: ['ACCEPT', 'START'],
  INTERRUPTED: ['ACCEPT', 'START'],
  PAUSED: ['ACCEPT', 'START', 'PAUSE'],
  WRAPPING_UP: ['ACCEPT', 'START', 'WRAP_UP'],
  UNKNOWN: ['ACCEPT', 'START'],
}

interface Medium {
  readonly user: string
  readonly view: MediaView
  readonly since: number
}

/** Maximum time before the recorded part at which something is played, in ms. */
const LEAD_MAX = 3_600_000

/** Something with an exact time before the beginning: an offer, a lost presence. */
interface Timed {
  readonly at: number
  readonly play: () => void
}

export class Beginning {
  readonly #from: number
  readonly #scene: Scene
  readonly #contacts: RecordedContacts
  readonly #sums: Sums
  readonly #users: readonly string[]
  readonly #lines: Line[] = []
  readonly #timed: Timed[] = []
  #at = 0

  /** `from`: beginning of the recorded part, ms since 1970 UTC. */
  constructor(from: number, scene: Scene, sums: Sums, users: Iterable<string>) {
    this.#from = from
    this.#scene = scene
    this.#contacts = scene.contacts
    this.#sums = sums
    this.#users = [...users]
  }

  /**
   * The lines in order. First the agents become ready, a millisecond apart, in the order in which they were waiting for
   * tasks: an agent with a task in hand may wait for another one too. Then they get their work. Then come offers and lost
   * presences at their real times, so that their deadlines are right. At the end some agents are not ready any more.
   */
  lines(): readonly Line[] {
    const { past } = this.#scene
    const media = this.#media()
    const last = this.#from - 2
    const offered = this.#users.flatMap((user) => past.dialogs(user).filter(({ state }) => state === 'OFFERED'))
    const since = [
      ...offered.map(({ startTime }) => startTime),
      ...this.#users.flatMap((user) => this.#lostAt(user) ?? []),
    ]
    const oldest = Math.max(this.#from - LEAD_MAX, Math.min(last, ...since)) - media.length
    this.#at = this.#from - Math.ceil((this.#from - oldest) / 1000) * 1000 - 1000
    for (const user of this.#users) this.#present(user)
    for (const user of this.#users) this.#signIn(user)
    for (const medium of media) this.#ready(medium)
    for (const user of this.#users) this.#handOver(user)
    for (const user of this.#users) this.#calls(user)
    for (const { at, play } of this.#timed.sort((a, b) => a.at - b.at)) {
      this.#at = Math.min(last, Math.max(this.#at, at))
      play()
    }
    this.#at = last
    this.#voice()
    for (const medium of media) this.#away(medium)
    this.#waiting()
    for (const fault of past.aggregates.side('A')?.faults ?? []) this.#add(faultFields(fault))
    return this.#lines
  }

  /** The media of all users. The user who has waited longest comes first; of equal ones that with the first id, as in queues. */
  #media(): readonly Medium[] {
    const media = this.#users.flatMap((user) =>
      this.#scene.past
        .media(user)
        .map((view): Medium => ({ user, view, since: this.#scene.past.availableSince(user, view.mrd) })),
    )
    return media.sort((a, b) => a.since - b.since || (a.user < b.user ? -1 : 1))
  }

  /** When the last session of a user ended, if the grace period is running. */
  #lostAt(user: string): number | undefined {
    const { past } = this.#scene
    if (past.presence(user).state !== 'GRACE') return undefined
    const due = past.deadline(user, 'PRESENCE_GRACE_OVER')
    const grace = past.user(user)?.setup.config.presenceGraceMs
    return due === undefined || grace === undefined ? undefined : due - grace
  }

  #add(fields: Line['fields'], contact?: Recorded): void {
    this.#lines.push(contact ? { at: this.#at, contact, fields } : { at: this.#at, fields })
  }

  #present(id: string): void {
    const { past, names, notes } = this.#scene
    const { state, sessions } = past.presence(id)
    const user = names.user(id)
    const lostAt = this.#lostAt(id)
    if (lostAt !== undefined) {
      const session = names.session(id, 'lost')
      this.#add({ do: 'presence', user, available: true, session })
      this.#timed.push({ at: lostAt, play: () => this.#add({ do: 'presence', user, available: false, session }) })
    } else if (state === 'UNKNOWN') noteThat(notes, LOST.doubt)
    if (state !== 'PRESENT') return
    for (const session of sessions)
      this.#add({ do: 'presence', user, available: true, session: names.session(id, session) })
  }

  #signIn(id: string): void {
    const { past, names, notes } = this.#scene
    const user = names.user(id)
    const voice = past.voice(id)
    if (voice && voice.state !== 'LOGOUT') {
      const extension = names.extension(voice.extension)
      this.#add({ do: 'user.signIn', user, extension, mobile: voice.mobileAgent?.mode })
      if (voice.pendingState !== '') noteThat(notes, LOST.pending)
    }
    for (const { mrd, state, maxDialogLimit, interruptAction, dialogLogoutAction } of past.media(id))
      if (state !== 'LOGOUT')
        this.#add({ do: 'media.signIn', user, mrd, maxDialogLimit, interruptAction, dialogLogoutAction })
  }

  /** Gives an agent the open work again. Interruptible media come first: work must be open before it can be interrupted. */
  #handOver(id: string): void {
    const { past } = this.#scene
    const media = [...past.media(id)].sort((a, b) => Number(b.interruptible) - Number(a.interruptible))
    const dialogs = [...past.dialogs(id)].sort((a, b) => a.startTime - b.startTime || natural(a.dialog, b.dialog))
    for (const { mrd } of media)
      for (const dialog of dialogs.filter((each) => each.mrd === mrd))
        if (dialog.state === 'OFFERED') this.#timed.push({ at: dialog.startTime, play: () => this.#task(id, dialog) })
        else this.#task(id, dialog)
  }

  /** The task is for this agent, as others may be ready too. If it is offered again, to whom it was for before. */
  #task(id: string, { dialog, task, state }: TaskView): void {
    const { past, names, notes } = this.#scene
    const user = names.user(id)
    const contact = this.#contacts.task(task.id, task.scriptSelector)
    this.#contacts.offered(contact, dialog, id)
    const { keepAgent } = past.task(task.id) ?? {}
    const where = { selector: task.scriptSelector, agent: user, keepAgent }
    this.#lines.push(arrival(contact, this.#at, task.variables, where))
    const way = WAY[state] ?? []
    for (const action of way) this.#add({ do: 'dialog.act', user, action }, contact)
    if (way.length > 0) noteThat(notes, LOST.timers)
    this.#sums.contact()
    this.#sums.carried(dialog, past.dialogs(id).find((each) => each.dialog === dialog)?.mrd ?? '', way.length > 0)
  }

  #calls(id: string): void {
    const { past, names, notes } = this.#scene
    const user = names.user(id)
    for (const { call, state } of Object.values(past.user(id)?.snapshot.context.legs ?? {})) {
      if (state !== 'ALERTING' && state !== 'ACTIVE' && state !== 'HELD') {
        noteThat(notes, LOST.wrapUp)
        continue
      }
      const extension = names.extension(past.voice(id)?.extension ?? '')
      const contact = this.#contacts.call(call.dialog, extension, id)
      this.#add({ do: 'user.setState', user, state: 'READY' })
      this.#lines.push(arrival(contact, this.#at, call.variables, { extension }, call.fromAddress))
      contact.answered = state !== 'ALERTING'
      if (contact.answered) this.#add({ do: 'call.act', user, action: 'ANSWER', extension }, contact)
      noteThat(notes, LOST.timers)
      this.#sums.contact()
      this.#sums.carriedCall(id, call.dialog, contact.answered)
    }
  }

  #voice(): void {
    const { past, names } = this.#scene
    for (const id of this.#users) {
      const voice = past.voice(id)
      const hasCall = Object.keys(past.user(id)?.snapshot.context.legs ?? {}).length > 0
      const user = names.user(id)
      if (!voice || hasCall || voice.state === 'LOGOUT') continue
      if (voice.state === 'READY') this.#add({ do: 'user.setState', user, state: 'READY' })
      else if (voice.state === 'NOT_READY' && voice.reason && !voice.reason.systemCode)
        this.#add({ do: 'user.setState', user, state: 'NOT_READY', reason: voice.reason.id })
    }
  }

  /** Becomes ready in a medium, also if the agent was ready before and is NOT_READY now with open work. */
  #ready({ user: id, view: { mrd, state, routable } }: Medium): void {
    if (state === 'LOGOUT') return
    const { past, names } = this.#scene
    this.#at += 1
    const hasTasks = past.dialogs(id).some((dialog) => dialog.mrd === mrd)
    if (hasTasks || state !== 'NOT_READY' || !routable)
      this.#add({ do: 'media.setState', user: names.user(id), mrd, state: 'READY' })
  }

  /** Is not routable or NOT_READY any more. */
  #away({ user: id, view: { mrd, state, routable, reason } }: Medium): void {
    if (state === 'LOGOUT') return
    const { past, names } = this.#scene
    const user = names.user(id)
    const hasTasks = past.dialogs(id).some((dialog) => dialog.mrd === mrd)
    const reasonId = reason && !reason.systemCode ? reason.id : undefined
    if (!routable) this.#add({ do: 'media.setRoutable', user, mrd, routable })
    if (state === 'NOT_READY' && (hasTasks || !routable || reasonId !== undefined))
      this.#add({ do: 'media.setState', user, mrd, state: 'NOT_READY', reason: reasonId })
  }

  #waiting(): void {
    const { past, names } = this.#scene
    this.#at += 1
    for (const queue of past.aggregates.queues())
      for (const task of queue.tasks.waiting()) {
        const { id, scriptSelector: selector, variables, agentId, keepAgent } = task
        const contact = this.#contacts.task(id, selector)
        const agent = agentId === '' ? undefined : names.user(agentId)
        this.#lines.push(arrival(contact, this.#at, variables, { selector, agent, keepAgent }))
        this.#sums.contact()
      }
  }
}
