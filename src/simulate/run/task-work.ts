/** The work of an agent on one task: accept, start, work, wrap up, close. It stops during an interrupt. */
import type { TaskAction } from '../../../machines/wire.ts'
import type { TaskDialogValue } from '../../engine/values.ts'
import type { Stream } from '../random.ts'
import type { Member } from '../scenario/model.ts'
import { type Contact, drawnFor, partFor, type SimulatedContacts } from './contacts.ts'
import type { Hands } from './hands.ts'
import { Conversation, type Manner, Moment, OwnWork, type Piece } from './pieces.ts'
import { AGAIN, type World } from './world.ts'

/** An action that is done after a piece of work. */
interface Step {
  readonly action: TaskAction
  readonly target?: string
  piece: Piece
}

export interface Tries {
  /** Whether the agent accepts the task; `delay` is the time until then in ms. */
  readonly accepts: boolean
  readonly delay: number
  /** Script selector to which the task is transferred after the work; `undefined` for no transfer. */
  readonly transferTo: string | undefined
}

export interface TaskParts {
  readonly world: World
  readonly member: Member
  readonly contacts: SimulatedContacts
  readonly contact: Contact | undefined
  readonly hands: Hands
  /** Number of tasks on which the agent has begun to work. */
  readonly inHand: () => number
}

export class TaskWork {
  readonly dialog: string
  readonly mrd: string
  readonly #parts: TaskParts
  readonly #manner: Manner
  #steps: Step[]
  /** Whether the command of the first step was given and its effect has not come yet. */
  #asked = false

  constructor(parts: TaskParts, value: TaskDialogValue, tries: Tries) {
    this.#parts = parts
    this.dialog = value.id
    this.mrd = value.mrd
    this.#manner = mannerOf(parts, value)
    this.#steps = tries.accepts ? this.#stepsOf(tries) : []
  }

  /** Whether the agent works on it, or has begun to. */
  get isBegun(): boolean {
    const action = this.#steps[0]?.action
    return action !== undefined && action !== 'ACCEPT' && action !== 'START'
  }

  /** Continues the work on the next step, or stops it. Repeated calls have no further effect. */
  goOn(may: boolean): void {
    const [step] = this.#steps
    if (!step) return
    if (!may) step.piece.stop()
    else if (!this.#asked) step.piece.goOn()
  }

  /** The state of the dialog has changed. */
  changed(state: TaskDialogValue['state']): void {
    if (state === 'UNKNOWN') return this.#closeOnly()
    const done = DONE_BY[state]
    const at = this.#steps.findIndex(({ action }) => action === done)
    if (at < 0) return
    for (const { piece } of this.#steps.splice(0, at + 1)) piece.end()
    this.#asked = false
  }

  /** The command of the first step was refused. It is repeated after `AGAIN` ms. */
  refused(): void {
    const [step] = this.#steps
    if (!this.#asked || !step) return
    this.#asked = false
    step.piece = new Moment(this.#parts.world, AGAIN, () => this.#act())
  }

  /** The dialog has ended: stops all work. */
  end(): void {
    for (const { piece } of this.#steps) piece.end()
    this.#steps = []
  }

  /** In state UNKNOWN only CLOSE is possible (D14). It is done after the time of all remaining steps. */
  #closeOnly(): void {
    const left = this.#steps.reduce((sum, { piece }) => sum + piece.left, 0)
    this.end()
    this.#asked = false
    this.#steps = [{ action: 'CLOSE', piece: this.#ownWork(left) }]
  }

  /** The piece of the first step is done. */
  #act(): void {
    const [step] = this.#steps
    if (!step) return
    this.#asked = true
    const { action, target } = step
    const { world, member } = this.#parts
    const command = { type: 'dialog.act', user: member.user, dialog: this.dialog, action } as const
    world.command(target === undefined ? command : { ...command, target }, () => {
      this.refused()
      this.goOn(true)
    })
  }

  /** All durations are drawn at once, so that they do not depend on what happens during the work. */
  #stepsOf({ delay, transferTo }: Tries): Step[] {
    const { world, contact, member } = this.#parts
    const random = contact?.random ?? world.stream(`task/${member.user}`)
    const time = (part: 'start' | 'active' | 'wrapUp') =>
      world.draw(drawnFor(world, contact, member, this.mrd, part), random)
    const [start, active, wrapUp] = [time('start'), time('active'), time('wrapUp')]
    const act = () => this.#act()
    const begin: Step[] = [
      { action: 'ACCEPT', piece: new Moment(world, delay, act) },
      { action: 'START', piece: new Moment(world, start, act) },
    ]
    const work = this.#work(active)
    if (transferTo !== undefined) return [...begin, { action: 'TRANSFER', target: transferTo, piece: work }]
    if (wrapUp === 0) return [...begin, { action: 'CLOSE', piece: work }]
    return [...begin, { action: 'WRAP_UP', piece: work }, { action: 'CLOSE', piece: this.#ownWork(wrapUp) }]
  }

  #work(left: number): Piece {
    const { world, member, contacts, contact, hands } = this.#parts
    const turns = partFor(world, contact, member, this.mrd, 'turns')
    if (!turns) return this.#ownWork(left)
    const random = world.stream(`${ownerOf(this.#parts)}/turns`)
    const times = {
      agent: (stream: Stream) => world.draw(turns.agent, stream),
      customer: (stream: Stream) => world.draw(turns.customer, stream),
      responded: (ms: number) => contacts.responded(this.mrd, ms),
    }
    return new Conversation(world, hands, this.#manner, { times, random, left }, () => this.#act())
  }

  #ownWork(left: number): Piece {
    return new OwnWork(this.#parts.hands, this.#manner, left, () => this.#act())
  }
}

/** By state: the action that leads to it. */
const DONE_BY: Readonly<Record<string, TaskAction>> = { ACCEPTED: 'ACCEPT', ACTIVE: 'START', WRAPPING_UP: 'WRAP_UP' }

/** Of a stream of random numbers that no other purpose uses, so that costs change no durations. */
const ownerOf = ({ contact, member }: TaskParts): string => (contact ? `contact/${contact.key}` : `task/${member.user}`)

function mannerOf(parts: TaskParts, { id, mrd }: TaskDialogValue): Manner {
  const { world, member, contact, inHand } = parts
  const random = world.stream(`${ownerOf(parts)}/costs`)
  const costOf = (part: 'resumeSeconds' | 'switchSeconds') =>
    world.draw(partFor(world, contact, member, mrd, part), random)
  const concurrency = partFor(world, contact, member, mrd, 'concurrency') ?? 0
  const hasTurns = partFor(world, contact, member, mrd, 'turns') !== undefined
  return {
    task: id,
    rank: world.isInterruptible(mrd) ? 2 : 1,
    pace: () => (hasTurns ? 1 : 1 + concurrency * Math.max(0, inHand() - 1)),
    resumeCost: () => costOf('resumeSeconds'),
    switchCost: () => costOf('switchSeconds'),
  }
}
