/**
 * One simulated agent: a program that receives the notifications of its own nodes and gives commands, like a desktop
 * with a person in front of it. It uses nothing else of the engine.
 */
import type { Side } from '../../../machines/wire.ts'
import type { Command } from '../../engine/commands.ts'
import type { NotificationEvent } from '../../engine/events.ts'
import type { MediaValue, UserValue } from '../../engine/values.ts'
import type { Stream } from '../random.ts'
import type { Member } from '../scenario/model.ts'
import type { SimulatedContacts } from './contacts.ts'
import { Desktop } from './desktop.ts'
import { isOff, type Medium, mediumMove, movedMoves, readyMoves, type Standing, voiceMove } from './moves.ts'
import { WorkInHand } from './work-in-hand.ts'
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
  readonly #freeForCall: (agent: Agent) => void
  readonly #moods: Stream
  readonly #media: ReadonlyMap<string, Medium>
  readonly #work: WorkInHand
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

  constructor(member: Member, { world, contacts, extension, freeForCall }: AgentContext) {
    this.member = member
    this.extension = extension
    this.#world = world
    this.#freeForCall = freeForCall
    this.#moods = world.stream(`agent/${member.user}/mood`)
    this.#desktop = new Desktop(world, member, () => this.appear())
    const isPresent = () => this.#desktop.isOpen
    this.#work = new WorkInHand({ world, member, contacts, extension, moods: this.#moods, isPresent })
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
    const isFree =
      this.#desktop.isOpen && this.#voice === 'READY' && !this.#work.hasCalls && !this.#work.isUninterruptible
    return isFree ? this.#readySince : undefined
  }

  /** How long the agent has worked on something until now, in ms. */
  get workingMs(): number {
    return this.#work.workingMs
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
    this.#stopWork()
  }

  /** The notification service of a side has lost all sessions: the desktop begins a new session there. */
  reconnect(side: Side): void {
    this.#desktop.reconnect(side)
  }

  /** The side fails, and its sessions end. The desktop looks for a side in service, and signs in there. */
  loseSide(side: Side): void {
    if (!this.#desktop.isAt(side)) return
    this.#stopWork()
    this.#desktop.lose(side)
  }

  /** Processes a notification of one of the agent's nodes. */
  hear({ value, event, source }: NotificationEvent): void {
    if (value.kind === 'user') this.#userChanged(value)
    else if (value.kind === 'media') this.#mediumChanged(value)
    else if (value.kind === 'task') this.#work.hearTask(value, event)
    else if (value.kind === 'call') this.#work.hearCall(value, event)
    else if (value.kind === 'failure') {
      this.#work.refused(source.slice(source.lastIndexOf('/') + 1))
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
    const wrapsUp = state === 'WORK' || state === 'WORK_READY'
    this.#work.wrapsUp(wrapsUp)
    if (wrapsUp) this.#cancelWrapUp = this.#world.after(this.#work.wrapUp, () => this.#endWrapUp())
  }

  #mediumChanged({ id, status }: MediaValue): void {
    const medium = this.#media.get(id)
    if (!medium || !status) return
    medium.state = status.state
    medium.routable = status.routable
    if (status.state !== 'WORK_NOT_READY') medium.interrupted = status.state === 'INTERRUPTED'
    this.#asked.delete(id)
  }

  // ------------------------------------------------------------------------------------------------ acting

  /** Without a desktop no work is possible. */
  #stopWork(): void {
    this.#work.goOn(() => false)
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
    this.#work.goOn((mrd) => !this.#media.get(mrd)?.interrupted)
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
      take(mrd, mediumMove(this.user, mrd, medium, this.#work.hasTasks(mrd), winding))
    }
    take('voice', voiceMove(this.#standing, this.#work.hasCalls, isDone, winding))
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
