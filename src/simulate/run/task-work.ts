/** An agent's work on one task: accept, start, work, wrap up, close; standing still while it is interrupted. */
import type { TaskAction } from '../../../machines/wire.ts'
import type { TaskDialogValue } from '../../engine/values.ts'
import type { Member } from '../scenario/model.ts'
import { type Contact, drawnFor } from './contacts.ts'
import { AGAIN, type World } from './world.ts'

/** Something that is done `left` ms of work from now. */
interface Step {
  readonly action: TaskAction
  readonly target?: string
  left: number
}

export interface Tries {
  /** Does the agent accept this one, and after how long? */
  readonly accepts: boolean
  readonly delay: number
  /** Where it is transferred to after the work; `undefined` for not at all. */
  readonly transferTo: string | undefined
}

export class TaskWork {
  readonly dialog: string
  readonly mrd: string
  readonly #world: World
  readonly #user: string
  #steps: Step[]
  /** Since when the first step is worked on. */
  #since: number | undefined
  #cancel: (() => void) | undefined
  /** The step was asked for, and its answer is awaited. */
  #asked = false

  constructor(world: World, member: Member, value: TaskDialogValue, contact: Contact | undefined, tries: Tries) {
    this.#world = world
    this.#user = member.user
    this.dialog = value.id
    this.mrd = value.mrd
    this.#steps = tries.accepts ? stepsOf(world, member, value.mrd, contact, tries) : []
  }

  /** Works on the next step, or stands still; both may be said again and again. */
  goOn(may: boolean): void {
    if (!may) return this.#stop()
    const [step] = this.#steps
    if (!step || this.#since !== undefined || this.#asked) return
    this.#since = this.#world.now
    this.#cancel = this.#world.after(step.left, () => this.#act(step))
  }

  /** The dialog is in this state now. */
  changed(state: TaskDialogValue['state']): void {
    if (state === 'UNKNOWN') return this.#closeOnly()
    const done = DONE_BY[state]
    const at = this.#steps.findIndex(({ action }) => action === done)
    if (at < 0) return
    this.#stop()
    this.#asked = false
    this.#steps = this.#steps.slice(at + 1)
  }

  /** What was asked for was not done. */
  refused(): void {
    const [step] = this.#steps
    if (!this.#asked || !step) return
    this.#asked = false
    step.left = AGAIN
  }

  /** Nothing more is done. */
  end(): void {
    this.#stop()
    this.#steps = []
  }

  /** Of what is left of the work, only the end is possible (D14). */
  #closeOnly(): void {
    this.#stop()
    this.#asked = false
    const left = this.#steps.reduce((sum, step) => sum + step.left, 0)
    this.#steps = [{ action: 'CLOSE', left }]
  }

  #act(step: Step): void {
    this.#since = undefined
    this.#cancel = undefined
    step.left = 0
    this.#asked = true
    const { action, target } = step
    const command = { type: 'dialog.act', user: this.#user, dialog: this.dialog, action } as const
    this.#world.command(target === undefined ? command : { ...command, target }, () => {
      this.refused()
      this.goOn(true)
    })
  }

  #stop(): void {
    const [step] = this.#steps
    if (step && this.#since !== undefined) step.left = Math.max(0, step.left - (this.#world.now - this.#since))
    this.#since = undefined
    this.#cancel?.()
    this.#cancel = undefined
  }
}

/** The action that leads to a state. */
const DONE_BY: Readonly<Record<string, TaskAction>> = { ACCEPTED: 'ACCEPT', ACTIVE: 'START', WRAPPING_UP: 'WRAP_UP' }

/** Everything about this piece of work is drawn at once, so that it does not depend on what happens meanwhile. */
function stepsOf(world: World, member: Member, mrd: string, contact: Contact | undefined, tries: Tries): Step[] {
  const random = contact?.random ?? world.stream(`task/${member.user}`)
  const time = (part: 'start' | 'active' | 'wrapUp') => world.draw(drawnFor(world, contact, member, mrd, part), random)
  const [start, active, wrapUp] = [time('start'), time('active'), time('wrapUp')]
  const begin: Step[] = [
    { action: 'ACCEPT', left: tries.delay },
    { action: 'START', left: start },
  ]
  if (tries.transferTo !== undefined) return [...begin, { action: 'TRANSFER', target: tries.transferTo, left: active }]
  if (wrapUp === 0) return [...begin, { action: 'CLOSE', left: active }]
  return [...begin, { action: 'WRAP_UP', left: active }, { action: 'CLOSE', left: wrapUp }]
}
