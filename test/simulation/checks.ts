/** What must hold whenever nothing is left to do at a moment. */
import type { Engine, Reads } from '../../src/engine/api.ts'
import type { AcdTaskValue, TaskDialogValue } from '../../src/engine/values.ts'
import { type Audit, armedIn, beyond, firstDifference } from './audit.ts'
import { ghosts } from './calls.ts'
import type { Findings } from './findings.ts'
import { deadlinesOf, shownOf, slotsOf } from './model/state.ts'

export interface Moment {
  readonly audit: Audit
  readonly engine: Engine
  readonly findings: Findings
  /** By the server's own time. */
  readonly now: number
  /** The disk takes changes: nothing is overdue then. */
  readonly works: boolean
}

/** Milliseconds: a server whose time is steered looks at it again a thousandth late. */
const LATE = 2

/** Everything that can be read of users. */
export function readsOf(get: Reads, users: Iterable<string>): string {
  return JSON.stringify([...users].map((user) => [get.user(user), get.mediaList(user), get.dialogs(user, 'all')]))
}

export class Checks {
  /** Open dialogs per agent and MRD after the check before, and the limit of then. */
  #before = new Map<string, { readonly open: number; readonly limit: number }>()

  /** `isNews`: something was committed, was refused, or started anew since the last time. */
  at(moment: Moment, isNews: boolean): void {
    this.#overdue(moment)
    if (!isNews) return
    const touched = moment.audit.takeTouched()
    this.#reads(moment)
    this.#model(moment)
    this.#limits(moment)
    this.#deadlines(moment, touched)
    if (moment.engine.acd) this.#queues(moment, moment.engine.acd.tasks())
    this.#tasksOfAgents(moment)
    for (const what of ghosts(moment.engine, moment.audit)) moment.findings.add('no-ghost', what)
    moment.audit.restoreTwice(touched)
  }

  /** What is read is what the journal leads to. */
  #reads({ audit, engine, findings }: Moment): void {
    const users = [...audit.models.keys()]
    const [live, replayed] = [readsOf(engine.get, users), readsOf(audit.reads, users)]
    if (live !== replayed) findings.add('replay', firstDifference(replayed, live))
  }

  /** What is read is what the model says. */
  #model({ audit, engine, findings }: Moment): void {
    for (const [user, { agent }] of audit.models) {
      const read = engine.get.user(user)
      const wrong: string[] = []
      const claim = (what: string, is: unknown, should: unknown) => {
        if (JSON.stringify(is) !== JSON.stringify(should))
          wrong.push(`${what} is ${JSON.stringify(is)}, the model says ${JSON.stringify(should)}`)
      }
      claim('state', read?.state, agent.shown)
      claim('pending', read?.pendingState, agent.pending.state)
      for (const medium of agent.media) {
        const { status } = engine.get.media(user, medium.mrd)
        if (!medium.member) continue
        claim(`${medium.mrd} state`, status?.state, shownOf(medium))
        if (medium.signedIn) {
          claim(`${medium.mrd} routable`, status?.routable, medium.routable)
          claim(`${medium.mrd} limit`, status?.maxDialogLimit, medium.limit)
          claim(`${medium.mrd} interruptAction`, status?.interruptAction, medium.answer)
          claim(`${medium.mrd} dialogLogoutAction`, status?.dialogLogoutAction, medium.atSignOut)
        }
        const dialogs = tasksOf(engine.get, user, medium.mrd).map(({ id, state }) => `${id} ${state}`)
        claim(
          `${medium.mrd} dialogs`,
          dialogs,
          medium.dialogs.map(({ id, state }) => `${id} ${state}`),
        )
      }
      for (const what of wrong) findings.add('model', `${user}: ${what}`)
    }
  }

  /** Nobody gets more than fits; a lower limit at a sign-in takes nothing away. */
  #limits({ audit, engine, findings }: Moment): void {
    const before = this.#before
    this.#before = new Map()
    for (const [user, { agent }] of audit.models)
      for (const { mrd } of agent.media) {
        const { status } = engine.get.media(user, mrd)
        if (!status) continue
        const key = `${user} ${mrd}`
        const open = tasksOf(engine.get, user, mrd).length
        const limit = status.maxDialogLimit
        this.#before.set(key, { open, limit })
        const was = before.get(key) ?? { open: 0, limit }
        if (open > Math.max(limit, was.limit) && open > was.open)
          findings.add('dialog-limit', `${key} has ${open} dialogs, the limit is ${limit}`)
        if (status.state === 'LOGOUT' && open > 0) findings.add('offer-ends-once', `${key} is signed out with ${open}`)
      }
  }

  #overdue({ audit, findings, now, works }: Moment): void {
    for (const { nextDue, id } of audit.shadow.values())
      if (works && nextDue !== undefined && nextDue < now - LATE)
        findings.add('deadline', `${id} has one that is ${now - nextDue} ms over`)
  }

  /** Every state that ends by itself has its deadline, and no other deadline stands. */
  #deadlines({ audit, findings }: Moment, touched: ReadonlySet<string>): void {
    for (const [user, { agent }] of audit.models) {
      if (!touched.has(`user/${user}`)) continue
      const armed = armedIn(audit, `user/${user}`).map(({ owner, name, due }) => `${owner} ${name} ${due}`)
      const expected = deadlinesOf(agent)
      const wrong = [
        ...beyond(armed, expected).map((each) => `armed, not expected: ${each}`),
        ...beyond(expected, armed).map((each) => `not armed: ${each}`),
      ]
      if (wrong.length > 0) findings.add('deadline', `${user}: ${wrong.join('; ')}`)
    }
  }

  /** Every task is in one place, and that place says the same; nobody waits for nothing. */
  #queues({ audit, engine, findings }: Moment, tasks: readonly AcdTaskValue[]): void {
    const dialogs = [...audit.models.keys()].flatMap((user) => tasksOf(engine.get, user))
    const holders = new Map<string, number>()
    for (const task of tasks) {
      const dialog = dialogs.find(({ id }) => id === task.dialogId)
      if (task.state === 'reserved') {
        holders.set(task.dialogId ?? '', (holders.get(task.dialogId ?? '') ?? 0) + 1)
        if (dialog?.user !== task.agentId)
          findings.add(
            'one-agent',
            `task ${task.id} is reserved for ${task.agentId}, dialog ${task.dialogId} is not there`,
          )
      } else if (dialog) findings.add('one-agent', `task ${task.id} is ${task.state}, dialog ${dialog.id} is open`)
      if (task.state === 'queued') this.#waits(audit, findings, task)
    }
    for (const { id } of dialogs)
      if (holders.get(id) !== 1) findings.add('one-agent', `dialog ${id} belongs to ${holders.get(id) ?? 0} tasks`)
  }

  #waits(audit: Audit, findings: Findings, task: AcdTaskValue): void {
    for (const [user, { agent }] of audit.models) {
      const medium = agent.media.find(({ mrd }) => mrd === task.mrd)
      if (!medium || (task.pinnedTo ?? user) !== user || slotsOf(agent, medium) === 0) continue
      findings.add('idle-capacity', `task ${task.id} waits although ${user} is free`)
    }
  }

  /** The same task is never with two agents. */
  #tasksOfAgents({ audit, findings }: Moment): void {
    const holders = new Map<string, string>()
    for (const [user, { agent }] of audit.models)
      for (const { task } of agent.media.flatMap(({ dialogs }) => dialogs)) {
        const other = holders.get(task)
        if (other !== undefined) findings.add('one-agent', `task ${task} is with ${other} and with ${user}`)
        holders.set(task, user)
      }
  }
}

export function tasksOf(get: Reads, user: string, mrd?: string): readonly TaskDialogValue[] {
  const dialogs = get.dialogs(user, 'nonvoice', mrd) ?? []
  return dialogs.flatMap((dialog) => (dialog.kind === 'task' ? [dialog] : []))
}

/** Settings change without a notification (A2). */
const UNTOLD: readonly string[] = ['maxDialogLimit', 'interruptAction', 'dialogLogoutAction']

/** At the end: the last word about everything is what a read says. */
export function viewIsGet({ audit, engine, findings }: Moment): void {
  for (const [about, { value, event }] of audit.told) {
    const { get } = engine
    if (value.kind === 'user') differ(about, value, get.user(value.id), UNTOLD, findings)
    else if (value.kind === 'media') differ(about, value, get.media(value.user, value.id), UNTOLD, findings)
    else if (value.kind === 'task' || value.kind === 'call') {
      const open = get.dialog(value.id) !== undefined
      if (open !== (event !== 'DELETE')) findings.add('view-is-get', `${about}: told ${event}, open ${open}`)
    }
  }
}

function differ(about: string, told: object, read: object | undefined, untold: readonly string[], findings: Findings) {
  const flat = (value: unknown, path = ''): readonly string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => (untold.includes(key) ? [] : flat(inner, `${path}/${key}`)))
      : [`${path}=${String(value)}`]
  const [said, is] = [flat(JSON.parse(JSON.stringify(told))), flat(JSON.parse(JSON.stringify(read ?? null)))]
  const wrong = [...beyond(said, is).map((each) => `told ${each}`), ...beyond(is, said).map((each) => `is ${each}`)]
  if (wrong.length > 0) findings.add('view-is-get', `${about}: ${wrong.join(', ')}`)
}
