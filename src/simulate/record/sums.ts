/** Counts the totals of a recorded part from the notifications of the agents, in the same way as a simulation. */
import type { Output } from '../../engine/output.ts'
import type { CallDialogValue, TaskDialogValue } from '../../engine/values.ts'
import { ENDING_OF } from '../measure/recorder.ts'
import type { Ending } from '../result.ts'
import type { Line } from './lines.ts'

/** By ending: the name of its total in an expectation. */
const TOTAL_OF: Readonly<Record<Ending, string>> = {
  handled: 'handled',
  ronaTransfers: 'rona',
  transfers: 'transfers',
  closedBySignOut: 'closedBySignOut',
  abandoned: 'abandoned',
  expired: 'expired',
  lost: 'lost',
}

export class Sums {
  /** Counts by total and MRD; keys like `handled 5001`. */
  readonly #counts = new Map<string, number>()
  /** Open nonvoice dialogs, and whether they were accepted. */
  readonly #open = new Map<string, boolean>()
  readonly #legs = new Map<string, boolean>()
  #failed = 0
  #contacts = 0
  #callsOffered = 0
  #callsAnswered = 0

  failed(): void {
    this.#failed += 1
  }

  contact(): void {
    this.#contacts += 1
  }

  /** Counts a dialog that was open at the beginning, because its offer is played again. */
  carried(dialog: string, mrd: string, accepted: boolean): void {
    this.#open.set(dialog, accepted)
    this.#count('offered', mrd)
    if (accepted) this.#count('accepted', mrd)
  }

  carriedCall(user: string, call: string, answered: boolean): void {
    this.#legs.set(`${user} ${call}`, answered)
    this.#callsOffered += 1
    if (answered) this.#callsAnswered += 1
  }

  /** Counts the outputs of a step of a user. Returns the id of a call that was answered in this step. */
  note(user: string, outputs: readonly Output[]): string | undefined {
    let answered: string | undefined
    for (const output of outputs) {
      if (output.type !== 'publish' || output.notification.shape === 'summary') continue
      const { value, event } = output.notification
      if (value.kind === 'task') this.#noteTask(value, event)
      else if (value.kind === 'call' && this.#noteCall(user, value, event)) answered = value.id
    }
    return answered
  }

  lines(at: number): readonly Line[] {
    const line = (fields: Line['fields']): Line => ({ at, fields })
    const work = [...this.#counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, is]) => {
        const [total = '', mrd = ''] = key.split(' ')
        return line({ total, mrd, is })
      })
    return [
      line({ total: 'contacts', is: this.#contacts }),
      ...work,
      line({ total: 'callsOffered', is: this.#callsOffered }),
      line({ total: 'callsAnswered', is: this.#callsAnswered }),
      line({ total: 'failedInputs', is: this.#failed }),
    ]
  }

  #noteTask({ id, mrd, state, dispositionCode }: TaskDialogValue, event: string): void {
    const known = this.#open.get(id)
    if (event === 'POST' && known === undefined) {
      this.#open.set(id, false)
      this.#count('offered', mrd)
    } else if (event === 'DELETE') {
      if (known === undefined) return
      this.#open.delete(id)
      this.#count(TOTAL_OF[ENDING_OF[dispositionCode] ?? 'lost'], mrd)
    } else if (known === false && state !== 'OFFERED') {
      this.#open.set(id, true)
      this.#count('accepted', mrd)
    }
  }

  /** Returns true if this notification shows that the call was answered. */
  #noteCall(user: string, { id, participants }: CallDialogValue, event: string): boolean {
    const key = `${user} ${id}`
    const known = this.#legs.get(key)
    if (event === 'POST' && known === undefined) {
      this.#legs.set(key, false)
      this.#callsOffered += 1
      return false
    }
    const own = participants.find((party) => party.user === user)?.state
    const isAnswered = known === false && own === 'ACTIVE'
    if (isAnswered) {
      this.#legs.set(key, true)
      this.#callsAnswered += 1
    }
    if (event === 'DELETE') this.#legs.delete(key)
    return isAnswered
  }

  #count(total: string, mrd: string): void {
    const key = `${total} ${mrd}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }
}
