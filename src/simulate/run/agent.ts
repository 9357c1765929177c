/**
 * One simulated agent: a program that receives the notifications of its own nodes and gives commands, like a desktop
 * with a person in front of it. It uses nothing else of the engine.
 */
import type { Side } from '../../../machines/wire.ts'
import type { NotificationEvent } from '../../engine/api.ts'
import type { Command } from '../../engine/commands.ts'
import type { CallDialogValue, MediaValue, TaskDialogValue, UserValue } from '../../engine/values.ts'
import type { Stream } from '../random.ts'
import type { Member } from '../scenario/model.ts'
import { CallWork } from './call-work.ts'
import type { SimulatedContacts } from './contacts.ts'
import { Desktop } from './desktop.ts'
import { isOff, type Medium, mediumMove, movedMoves, readyMoves, type Standing, voiceMove } from './moves.ts'
import { TaskWork } from './task-work.ts'
import { AGAIN, type World } from './world.ts'

/** What the agent wants: to work, to have a break, or to go home. `gone`: before or after the shift. */
type Intent = 'work' | 'break' | 'leave' | 'gone'

export interface AgentContext {
  readonly world: World
  readonly contacts: SimulatedContacts
  readonly extension: string
  /** Called when the agent may take a call. */
  readonly freeForCall: (agent: Agent) => void
}

export class Agent {
  readonly member: Member
  readonly extension: string
  readonly #world: World
  readonly #contacts: SimulatedContacts
  readonly #freeForCall: (agent: Agent) => void
  readonly #accepting: Stream
  readonly #answering: Stream
  readonly #moods: Stream
  readonly #media: ReadonlyMap<string, Medium>
  readonly #tasks = new Map<string, TaskWork>()
  readonly #calls = new Map<string, CallWork>()
  #voice = 'LOGOUT'
  #readySince = 0
  #intent: Intent = 'gone'
  #reason: string | undefined
  #breakFor = 0
  #onBreak = false
  readonly #desktop: Desktop
  /** Subjects (`voice` or an MRD) of commands whose effect has not happened yet. */
  readonly #asked = new Set<string>()
  #cancelBack: (() => void) | undefined
  #cancelAgain: (() => void) | undefined
  #cancelWrapUp: (() => void) | undefined
  #wrapUp = 0

  constructor(member: Member, { world, contacts, extension, freeForCall }: AgentContext) {
    this.member = member
    this.extension = extension
    this.#world = world
    this.#contacts = contacts
    this.#freeForCall = freeForCall
    this.#accepting = world.stream(`agent/${member.user}/accept`)
    this.#answering = world.stream(`agent/${member.user}/answer`)
    this.#moods = world.stream(`agent/${member.user}/mood`)
    this.#desktop = new Desktop(world, member, () => this.appear())
    this.#media = new Map(
      Object.keys(member.group.media).map((mrd) => [mrd, { state: 'LOGOUT', routable: false, interrupted: false }]),
    )
  }

  get user(): string {
    return this.member.user
  }

  /** Time of the last change to READY, in ms since the start. */
  get readySince(): number {
    return this.#readySince
  }

  /**
   * Time since when the agent waits for a call; `undefined` while the agent may not get one (`media 4.5`, for voice).
   */
  get waitsForCallSince(): number | undefined {
    const isFree = this.#desktop.isOpen && this.#voice === 'READY' && this.#calls.size === 0 && !this.#isBusyElsewhere
    return isFree ? this.#readySince : undefined
  }

  /** The shift begins. */
  begin(): void {
    this.#want('work')
    this.appear()
  }

  /** A break: NOT_READY for `length` ms, as soon as open work is finished. */
  pause(length: number, reason: string | undefined): void {
    if (this.#intent !== 'work') return
    this.#breakFor = length
    this.#reason = reason
    this.#want('break')
  }

  /** The shift ends. */
  leave(): void {
    if (this.#intent === 'gone') return
    this.#reason = undefined
    this.#want('leave')
  }

  /** Opens the desktop, and continues according to the current state. */
  appear(): void {
    if (this.#desktop.isOpen || this.#intent === 'gone') return
    const session = this.#desktop.open()
    if (session === undefined) return
    if (session.moved) this.#give(movedMoves(this.#standing))
    if (this.#intent === 'work') this.#becomeReady()
    this.#review()
  }

  /** The desktop loses its connection. */
  vanish(): void {
    if (!this.#desktop.isOpen) return
    this.#desktop.close()
    this.#interruptTasks()
  }

  /** The notification service of a side has lost all sessions: the desktop begins a new session there. */
  reconnect(side: Side): void {
    this.#desktop.reconnect(side)
  }

  /** The side fails, and its sessions end. The desktop looks for a side in service, and signs in there. */
  loseSide(side: Side): void {
    if (!this.#desktop.isAt(side)) return
    this.#interruptTasks()
    this.#desktop.lose(side)
  }

  /** Processes a notification of one of the agent's nodes. */
  hear({ value, event, source }: NotificationEvent): void {
    if (value.kind === 'user') this.#userChanged(value)
    else if (value.kind === 'media') this.#mediumChanged(value)
    else if (value.kind === 'task') this.#taskChanged(value, event)
    else if (value.kind === 'call') this.#callChanged(value, event)
    else if (value.kind === 'failure') {
      this.#tasks.get(source.slice(source.lastIndexOf('/') + 1))?.refused()
      this.#askAgainLater()
    }
    this.#review()
  }

  // ------------------------------------------------------------------------------------------ notifications

  #userChanged({ state }: UserValue): void {
    if (state === this.#voice) return
    this.#voice = state
    this.#asked.delete('voice')
    this.#cancelWrapUp?.()
    this.#cancelWrapUp = undefined
    if (state === 'READY') this.#readySince = this.#world.now
    if (state === 'WORK' || state === 'WORK_READY')
      this.#cancelWrapUp = this.#world.after(this.#wrapUp, () => this.#endWrapUp())
  }

  #mediumChanged({ id, status }: MediaValue): void {
    const medium = this.#media.get(id)
    if (!medium || !status) return
    medium.state = status.state
    medium.routable = status.routable
    if (status.state !== 'WORK_NOT_READY') medium.interrupted = status.state === 'INTERRUPTED'
    this.#asked.delete(id)
  }

  #taskChanged(value: TaskDialogValue, event: NotificationEvent['event']): void {
    const task = this.#tasks.get(value.id)
    // A known dialog is published again when the ACD link returns.
    if (event === 'POST' && !task) return void this.#tasks.set(value.id, this.#workOn(value))
    if (event === 'DELETE') {
      task?.end()
      this.#tasks.delete(value.id)
    } else task?.changed(value.state)
  }

  #callChanged(value: CallDialogValue, event: NotificationEvent['event']): void {
    const call = this.#calls.get(value.id)
    if (event === 'POST' && !call) {
      const { probability, delay } = this.member.group.answer
      const answers = this.#answering.next() < probability
      const tries = { answers, delay: this.#world.draw(delay, this.#answering), isPresent: () => this.#desktop.isOpen }
      const rings = new CallWork(this.#world, this.member, this.#contacts, value, this.extension, tries)
      this.#calls.set(value.id, rings)
      this.#wrapUp = rings.wrapUp
      return
    }
    if (event === 'DELETE') {
      call?.end()
      this.#calls.delete(value.id)
    } else call?.changed(value)
  }

  #workOn(value: TaskDialogValue): TaskWork {
    const { accept, transfers } = this.member.group
    const accepts = this.#accepting.next() < accept.probability
    const delay = this.#world.draw(accept.delay, this.#accepting)
    const contact = this.#contacts.of(value)
    const random = contact?.random ?? this.#moods
    const transfer = transfers.find(({ mrd, probability }) => mrd === value.mrd && random.next() < probability)
    return new TaskWork(this.#world, this.member, value, contact, { accepts, delay, transferTo: transfer?.target })
  }

  // ------------------------------------------------------------------------------------------------ acting

  /** Stops the work on all tasks, because no work is possible without a desktop. */
  #interruptTasks(): void {
    for (const task of this.#tasks.values()) task.goOn(false)
  }

  get #isBusyElsewhere(): boolean {
    for (const { mrd } of this.#tasks.values()) if (!this.#world.isInterruptible(mrd)) return true
    return false
  }

  #want(intent: Intent): void {
    this.#intent = intent
    this.#onBreak = false
    this.#asked.clear()
    this.#cancelBack?.()
    this.#cancelBack = undefined
    this.#review()
  }

  /** Gives the commands that the intent needs in the current state. */
  #review(): void {
    if (!this.#desktop.isOpen) return
    for (const task of this.#tasks.values()) task.goOn(!this.#media.get(task.mrd)?.interrupted)
    if (this.#intent === 'work') this.#reviewReadiness()
    else if (this.#intent === 'break') this.#windDown(true)
    else if (this.#intent === 'leave') this.#windDown(this.member.group.finishFirst)
  }

  /**
   * When the agent was made NOT_READY or not routable by the system, the agent becomes ready again after
   * `backAfterRona`.
   */
  #reviewReadiness(): void {
    if (this.waitsForCallSince !== undefined) this.#freeForCall(this)
    if (!isOff(this.#standing)) {
      this.#cancelBack?.()
      this.#cancelBack = undefined
      return
    }
    this.#cancelBack ??= this.#world.after(this.#world.draw(this.member.group.backAfterRona, this.#moods), () => {
      this.#cancelBack = undefined
      if (!this.#desktop.isOpen) return
      this.#becomeReady()
      this.#review()
    })
  }

  #becomeReady(): void {
    this.#give(readyMoves(this.#standing))
  }

  #give(commands: readonly Command[]): void {
    for (const command of commands) this.#world.command(command, () => this.#askAgainLater())
  }

  /**
   * Takes no new work. When open work is finished (or at once, without `finishFirst`), the agent goes NOT_READY or
   * signs out.
   */
  #windDown(finishFirst: boolean): void {
    const leaves = this.#intent === 'leave'
    const winding = { leaves, finishFirst, reason: this.#reason }
    let isDone = true
    const take = (subject: string, move: ReturnType<typeof mediumMove>) => {
      if (move === 'done') return
      isDone = false
      if (move !== 'wait') this.#ask(subject, move)
    }
    for (const [mrd, medium] of this.#media) {
      const hasTasks = [...this.#tasks.values()].some((task) => task.mrd === mrd)
      take(mrd, mediumMove(this.user, mrd, medium, hasTasks, winding))
    }
    take('voice', voiceMove(this.#standing, this.#calls.size > 0, isDone, winding))
    if (!isDone) return
    if (leaves) this.#goHome()
    else this.#beginBreak()
  }

  #beginBreak(): void {
    if (this.#onBreak) return
    this.#onBreak = true
    this.#world.after(this.#breakFor, () => {
      if (this.#intent !== 'break') return
      this.#want('work')
      if (this.#desktop.isOpen) this.#becomeReady()
    })
  }

  #goHome(): void {
    this.#intent = 'gone'
    this.#desktop.close()
  }

  get #standing(): Standing {
    return {
      user: this.user,
      extension: this.extension,
      group: this.member.group,
      voice: this.#voice,
      media: this.#media,
    }
  }

  #endWrapUp(): void {
    if (!this.#desktop.isOpen) return
    const state = this.#intent === 'work' ? 'READY' : 'NOT_READY'
    this.#world.command({ type: 'user.setState', user: this.user, state })
  }

  /** Repeats a refused command later. If it were repeated at once, it could be refused for ever at the same moment. */
  #askAgainLater(): void {
    this.#cancelAgain ??= this.#world.after(AGAIN, () => {
      this.#cancelAgain = undefined
      this.#asked.clear()
      this.#review()
    })
  }

  /** Gives a command for a subject, unless an earlier one has neither taken effect nor been refused. */
  #ask(subject: string, command: Command): void {
    if (this.#asked.has(subject)) return
    this.#asked.add(subject)
    this.#world.command(command, () => this.#askAgainLater())
  }
}
