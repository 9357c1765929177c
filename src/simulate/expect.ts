/** Checks the expectations of a scenario. */
import type { Engine } from '../engine/api.ts'
import type { DialogValue } from '../engine/values.ts'
import type { QueueMeasure } from './measure/queues.ts'
import type { Expectation, SimulationResult } from './result.ts'
import type { SimulatedContacts } from './run/contacts.ts'
import { isMet, printCondition, printValue } from './scenario/condition.ts'
import type { Expected } from './scenario/model.ts'
import { printDuration } from './scenario/time.ts'
import { totalOf } from './scenario/totals.ts'

export interface Present {
  readonly engine: Engine
  readonly contacts: SimulatedContacts
  readonly queues: QueueMeasure
}

/** States of a contact without a current dialog. */
const SHOWN: ReadonlySet<string> = new Set(['QUEUED', 'HANDLED', 'ABANDONED', 'EXPIRED', 'LOST', 'LEFT'])

/** Checks an expectation at its time; `undefined` for totals, which are checked at the end. */
export function lookAt(expected: Expected, present: Present): Expectation | undefined {
  const { subject, at, line } = expected
  const verdict = (text: string, held: boolean, found: string): Expectation => {
    return { line, text: `${printDuration(at)}: ${text}`, at, held, found: held ? '' : found }
  }
  switch (subject.kind) {
    case 'user': {
      const { get } = present.engine
      const state = get.user(subject.user, get.presence(subject.user)?.actingSide)?.state ?? 'unknown'
      return verdict(`user ${subject.user} is ${subject.state}`, state === subject.state, state)
    }
    case 'medium': {
      const { user, mrd, state, routable } = subject
      const { get } = present.engine
      const status = get.mediaOrUndefined(user, mrd, get.presence(user)?.actingSide)?.status
      const isRoutable = status?.routable ?? false
      const held =
        (state === undefined || status?.state === state) && (routable === undefined || isRoutable === routable)
      const asked = [state, routable === undefined ? undefined : routable ? 'routable' : 'not routable']
      const found = `${status?.state ?? 'not in the MRD'}, ${isRoutable ? 'routable' : 'not routable'}`
      return verdict(`user ${user} in MRD ${mrd} is ${asked.filter(Boolean).join(', ')}`, held, found)
    }
    case 'contact': {
      const { contact, state, user } = subject
      const found = contactState(present, contact)
      const held = found.state === state && (user === undefined || found.user === user)
      const by = user === undefined ? '' : ` with ${user}`
      return verdict(`${contact} is ${state}${by}`, held, `${found.state}${found.user ? ` with ${found.user}` : ''}`)
    }
    case 'queue': {
      const waiting = present.queues.waiting(subject.mrd)
      return verdict(
        `queue ${subject.mrd} has ${printCondition(subject.length)} waiting`,
        isMet(subject.length, waiting),
        `${waiting}`,
      )
    }
    case 'total':
      return undefined
  }
}

function contactState({ engine, contacts }: Present, key: string): { readonly state: string; readonly user: string } {
  const contact = contacts.find(key)
  const made = contacts.madeCalls.get(key)
  if (made !== undefined) return shownCall(engine.get.dialog(made)) ?? { state: 'OVER', user: '' }
  if (!contact) return { state: 'not arrived yet', user: '' }
  const dialog = SHOWN.has(contact.state) ? undefined : engine.get.dialog(contact.dialog)
  if (dialog === undefined) return { state: contact.state, user: '' }
  if (dialog.kind === 'task') return { state: dialog.state, user: dialog.user }
  return shownCall(dialog) ?? { state: contact.state, user: '' }
}

/** The state of a call, and its first agent who has not left it; `undefined` for no call. */
function shownCall(dialog: DialogValue | undefined): { readonly state: string; readonly user: string } | undefined {
  if (dialog?.kind !== 'call') return undefined
  const there = dialog.participants.find(({ user, state }) => user !== undefined && state !== 'DROPPED')
  return { state: dialog.state, user: there?.user ?? '' }
}

/** Checks an expectation of a total; `undefined` for others. */
export function lookBack({ subject, at, line }: Expected, result: SimulationResult): Expectation | undefined {
  if (subject.kind !== 'total') return undefined
  const { total, mrd, user, queue, value: condition } = subject
  const value = totalOf(result, total, subject)
  const where = [
    queue === undefined ? '' : `queue ${queue}`,
    mrd === undefined ? '' : `MRD ${mrd}`,
    user === undefined ? '' : `user ${user}`,
  ]
  const of = where.filter(Boolean).join(', ')
  const text = `${total}${of === '' ? '' : ` of ${of}`} is ${printCondition(condition)}`
  if (value === undefined) return { line, text, at, held: false, found: 'no such value' }
  const held = isMet(condition, value)
  return { line, text, at, held, found: held ? '' : printValue(value, condition.unit) }
}
