/** The checks that run whenever no work is left at a point in time. */
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
  /** The server's own time. */
  readonly now: number
  /** Whether the disk accepts changes. Only then no deadline may be overdue. */
  readonly works: boolean
}

/** In ms: a server that adjusts its time checks its deadlines up to a thousandth late. */
const LATE = 2

/** All reads of users, as text. */
export function readsOf(get: Reads, users: Iterable<string>): string {
  return JSON.stringify([...users].map((user) => [get.user(user), get.mediaList(user), get.dialogs(user, 'all')]))
}

export class Checks {
  /** Open dialogs and limit per agent and MRD at the last check. */
  #before = new Map<string, { readonly open: number; readonly limit: number }>()

  /** `isNews`: since the last check there was a commit, a refusal or a start. */
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

  /** Reads agree with a replay of the journal. */
  #reads({ audit, engine, findings }: Moment): void {
    const users = [...audit.models.keys()]
    const [live, replayed] = [readsOf(engine.get, users), readsOf(audit.reads, users)]
    if (live !== replayed) findings.add('replay', firstDifference(replayed, live))
  }

  /** Reads agree with the model. */
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

  /** No agent gets more dialogs than the limit. A lower limit at a sign-in ends none. */
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
        findings.add('deadline', `${id} has a deadline that is ${now - nextDue} ms overdue`)
  }

  /** Every state with a time limit has its deadline, and there is no other deadline. */
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

  /** Every task is in one place, its dialog agrees, and no task waits while an agent is free. */
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
            `task ${task.id} is reserved for ${task.agentId}, but has no such dialog: ${task.dialogId}`,
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

/** At the end: the last notification about every object is equal to a read. */
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
