/** The work of an agent on one task: accept, start, work, wrap up, close. It stops during an interrupt. */
import type { TaskAction } from '../../../machines/wire.ts'
import type { TaskDialogValue } from '../../engine/values.ts'
import type { Member } from '../scenario/model.ts'
import { type Contact, drawnFor } from './contacts.ts'
import { AGAIN, type World } from './world.ts'

/** An action that is done after `left` more ms of work. */
interface Step {
  readonly action: TaskAction
  readonly target?: string
  left: number
}

export interface Tries {
  /** Whether the agent accepts the task; `delay` is the time until then in ms. */
  readonly accepts: boolean
  readonly delay: number
  /** Script selector to which the task is transferred after the work; `undefined` for no transfer. */
  readonly transferTo: string | undefined
}

export class TaskWork {
  readonly dialog: string
  readonly mrd: string
  readonly #world: World
  readonly #user: string
  #steps: Step[]
  /** Time since when the agent works on the first step; `undefined` while the work stands still. */
  #since: number | undefined
  #cancel: (() => void) | undefined
  /** Whether the command of the first step was given and its effect has not come yet. */
  #asked = false

  constructor(world: World, member: Member, value: TaskDialogValue, contact: Contact | undefined, tries: Tries) {
    this.#world = world
    this.#user = member.user
    this.dialog = value.id
    this.mrd = value.mrd
    this.#steps = tries.accepts ? stepsOf(world, member, value.mrd, contact, tries) : []
  }

  /** Continues the work on the next step, or stops it. Repeated calls have no further effect. */
  goOn(may: boolean): void {
    if (!may) return this.#stop()
    const [step] = this.#steps
    if (!step || this.#since !== undefined || this.#asked) return
    this.#since = this.#world.now
    this.#cancel = this.#world.after(step.left, () => this.#act(step))
  }

  /** The state of the dialog has changed. */
  changed(state: TaskDialogValue['state']): void {
    if (state === 'UNKNOWN') return this.#closeOnly()
    const done = DONE_BY[state]
    const at = this.#steps.findIndex(({ action }) => action === done)
    if (at < 0) return
    this.#stop()
    this.#asked = false
    this.#steps = this.#steps.slice(at + 1)
  }

  /** The command of the first step was refused. It is repeated after `AGAIN` ms. */
  refused(): void {
    const [step] = this.#steps
    if (!this.#asked || !step) return
    this.#asked = false
    step.left = AGAIN
  }

  /** The dialog has ended: stops all work. */
  end(): void {
    this.#stop()
    this.#steps = []
  }

  /** In state UNKNOWN only CLOSE is possible (D14). It is done after the time of all remaining steps. */
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

/** By state: the action that leads to it. */
const DONE_BY: Readonly<Record<string, TaskAction>> = { ACCEPTED: 'ACCEPT', ACTIVE: 'START', WRAPPING_UP: 'WRAP_UP' }

/** All durations are drawn at once, so that they do not depend on what happens during the work. */
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
