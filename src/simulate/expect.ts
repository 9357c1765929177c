/** Is it as the scenario expects? */
import type { Engine } from '../engine/api.ts'
import type { QueueMeasure } from './measure/queues.ts'
import type { AgentResult, Expectation, QueueResult, SimulationResult, WorkTotals } from './result.ts'
import type { Contacts } from './run/contacts.ts'
import { isMet, printCondition, printValue } from './scenario/condition.ts'
import type { Expected } from './scenario/model.ts'
import { printDuration } from './scenario/time.ts'

export interface Present {
  readonly engine: Engine
  readonly contacts: Contacts
  readonly queues: QueueMeasure
}

const SHOWN: Readonly<Record<string, string>> = {
  QUEUED: 'QUEUED',
  HANDLED: 'HANDLED',
  ABANDONED: 'ABANDONED',
  EXPIRED: 'EXPIRED',
  LOST: 'LOST',
  LEFT: 'LEFT',
}

/** An expectation of the present; totals are looked at when all is over. */
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
  if (!contact) return { state: 'not there yet', user: '' }
  const dialog = contact.state in SHOWN ? undefined : engine.get.dialog(contact.dialog)
  if (dialog === undefined) return { state: SHOWN[contact.state] ?? contact.state, user: '' }
  if (dialog.kind === 'task') return { state: dialog.state, user: dialog.user }
  return { state: dialog.state, user: dialog.participants.find(({ user }) => user !== undefined)?.user ?? '' }
}

/** An expectation of totals. */
export function lookBack({ subject, at, line }: Expected, result: SimulationResult): Expectation | undefined {
  if (subject.kind !== 'total') return undefined
  const { total, mrd, user, queue, value: condition } = subject
  const value = totalOf(result, subject)
  const where = [
    queue === undefined ? '' : `queue ${queue}`,
    mrd === undefined ? '' : `MRD ${mrd}`,
    user === undefined ? '' : `user ${user}`,
  ]
  const of = where.filter(Boolean).join(', ')
  const text = `${total}${of === '' ? '' : ` of ${of}`} is ${printCondition(condition)}`
  if (value === undefined) return { line, text, at, held: false, found: 'nothing of the kind' }
  const held = isMet(condition, value)
  return { line, text, at, held, found: held ? '' : printValue(value, condition.unit) }
}

type TotalSubject = Extract<Expected['subject'], { kind: 'total' }>

function totalOf(result: SimulationResult, { total, mrd, user, queue }: TotalSubject): number | undefined {
  if (queue !== undefined) {
    const found = result.queues.find((each) => each.mrd === queue)
    return found && queueTotal(found, total)
  }
  const agents = user === undefined ? result.agents : result.agents.filter((agent) => agent.user === user)
  if (mrd === undefined) return agentTotal(agents, result, total)
  const work = user === undefined ? result.work : agents.flatMap((agent) => agent.work)
  const found = work.find((each) => each.mrd === mrd)
  return found && workTotal(found, total)
}

function queueTotal(
  { arrived, handled, abandoned, left, open, serviceLevel, wait, longest }: QueueResult,
  total: string,
) {
  const totals: Readonly<Record<string, number>> = {
    ...{ arrived, handled, abandoned, left, open, serviceLevel, longest },
    waitMean: wait.mean,
    waitP90: wait.p90,
    waitLongest: wait.longest,
  }
  return totals[total]
}

function workTotal({ offered, accepted, endings, interruptions, ...times }: WorkTotals, total: string) {
  const totals: Readonly<Record<string, number>> = {
    ...{ offered, accepted, interruptions },
    ...endings,
    rona: endings.ronaTransfers,
    active: times.activeMs,
    paused: times.pausedMs,
    interrupted: times.interruptedMs,
    wrapUp: times.wrapUpMs,
  }
  return totals[total]
}

function agentTotal(agents: readonly AgentResult[], { counts }: SimulationResult, total: string): number | undefined {
  const sum = (of: (agent: AgentResult) => number) => agents.reduce((all, agent) => all + of(agent), 0)
  const signedIn = sum(({ signedInMs }) => signedInMs)
  const totals: Readonly<Record<string, number>> = {
    contacts: counts.contacts,
    failedInputs: counts.failedInputs,
    signedIn,
    occupancy: signedIn === 0 ? 0 : sum(({ occupancy, signedInMs }) => occupancy * signedInMs) / signedIn,
    callsOffered: sum(({ calls }) => calls.offered),
    callsAnswered: sum(({ calls }) => calls.answered),
    talk: sum(({ calls }) => calls.talkMs),
    callWrapUp: sum(({ calls }) => calls.wrapUpMs),
  }
  return totals[total]
}
