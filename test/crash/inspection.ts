/** Checks of a data file and of what clients received, after a kill and when everything has settled. */

import type { Side } from '../../machines/wire.ts'
import { isNotification } from '../../src/engine/delivery/delivery.ts'
import type { Input } from '../../src/engine/input.ts'
import type { Session } from './client.ts'
import type { FileContent, FileOutboxRow } from './data-file.ts'
import type { Committed, Ledger } from './ledger.ts'
import { AGENTS, type Crew, SUPERVISOR } from './work.ts'

/** The data file when a server process began. */
export interface Beginning {
  readonly generation: number
  /** Position of the last row before the process. */
  readonly position: number
  /** Notifications that were undelivered then. */
  readonly outbox: readonly FileOutboxRow[]
  /** Users for whom undelivered notifications wait. */
  readonly awaited: ReadonlySet<string>
}

/** `presenceGraceSeconds` of `directory.yaml`, in ms. */
const GRACE = 3000
/** How far the clocks of both processes may differ, in ms. */
const SLACK = 500

export const NOTHING_BEGUN: Beginning = { generation: 0, position: 0, outbox: [], awaited: new Set() }

/**
 * The beginning of the next process. It awaits users who were present, and users whom the process before still awaited
 * at its end.
 */
export function beginningAfter(
  before: Beginning,
  generation: number,
  ledger: Ledger,
  outbox: readonly FileOutboxRow[],
): Beginning {
  const awaited = [...AGENTS, SUPERVISOR].filter(
    (user) => ledger.isAwaited(user) || (before.awaited.has(user) && endOfWait(user, before, ledger) === undefined),
  )
  return { generation, position: ledger.position, outbox, awaited: new Set(awaited) }
}

/** When and why the wait for a user ended. */
interface EndOfWait {
  readonly position: number
  /** `heard`: a session received everything. `late`: the grace period is over. */
  readonly why: 'heard' | 'late'
}

/**
 * Where the wait for a user ended in the journal of this process. It ends when a connected session has received
 * everything, or when the grace period is over without a session. A short visit does not end it.
 */
function endOfWait(user: string, { position }: Beginning, ledger: Ledger): EndOfWait | undefined {
  const there = new Set<string>()
  const back = returnOfService(ledger, position)
  let isRecorded = false
  for (const note of ledger.notes) {
    if (note.aggregate !== `user/${user}`) continue
    const { input } = note
    if (['awaited', 'heard', 'notBack'].includes(input.kind)) isRecorded = input.kind === 'awaited'
    if (note.position <= position) continue
    // The user left before the kill, and the grace period ended while no server was in service.
    if (!isRecorded && isGraceOver(input)) return { position: note.position, why: 'late' }
    if (input.kind === 'user' && input.event.type === 'PRESENCE') {
      if (input.event.available) there.add(input.event.session)
      else there.delete(input.event.session)
    }
    const isOver = input.kind === 'heard' ? there.size > 0 : input.kind === 'notBack' && there.size === 0
    if (!isOver) continue
    const isLate = back !== undefined && note.at - back >= GRACE - SLACK
    return { position: note.position, why: input.kind === 'heard' && !isLate ? 'heard' : 'late' }
  }
  return undefined
}

const isGraceOver = (input: Input) => input.kind === 'deadline' && input.name === 'PRESENCE_GRACE_OVER'

/** Time at which clients could connect to the process that began after this position (ms). */
function returnOfService(ledger: Ledger, position: number): number | undefined {
  return ledger.notes.find(
    (note) =>
      note.position > position &&
      note.aggregate === 'side/A' &&
      note.input.kind === 'side' &&
      note.input.change === 'BACK',
  )?.at
}

/** Waits that ended too early, and waits that ended by `heard` although notifications for the user are undelivered. */
export function endsOfWaitWrong(beginning: Beginning, ledger: Ledger, outbox: readonly FileOutboxRow[]): string[] {
  const undelivered = new Set(outbox.map(({ number }) => number))
  const back = returnOfService(ledger, beginning.position)
  const early = ledger.notes.flatMap(({ position, aggregate, at, input }) =>
    position > beginning.position && input.kind === 'notBack' && (back === undefined || at - back < GRACE - SLACK)
      ? [
          `the wait for ${aggregate} ended at ${position}, ${back === undefined ? 'before' : `${at - back} ms after`} the return`,
        ]
      : [],
  )
  const unheard = [...beginning.awaited].flatMap((user) =>
    endOfWait(user, beginning, ledger)?.why === 'heard'
      ? waitingFor(user, beginning).flatMap(({ number }) =>
          undelivered.has(number)
            ? [`${number} is undelivered, but the journal says that ${user} has received everything`]
            : [],
        )
      : [],
  )
  return [...early, ...unheard]
}

/** Notifications on the user's own nodes that were undelivered when the process began. */
function waitingFor(user: string, { outbox }: Beginning): readonly FileOutboxRow[] {
  return outbox.filter(
    ({ lane, payload }) => lane === laneOf(user) && isNotification(payload) && isOwn(user, payload.node),
  )
}

/** Notifications for an awaited user that were sent although no session received them. */
export function goneWhileAwaited(
  beginning: Beginning,
  ledger: Ledger,
  outbox: readonly FileOutboxRow[],
  sessions: readonly Session[],
): string[] {
  const undelivered = new Set(outbox.map(({ number }) => number))
  return [...beginning.awaited].flatMap((user) => {
    if (endOfWait(user, beginning, ledger)?.why === 'late') return []
    const own = sessions.filter((session) => session.user === user && session.generation === beginning.generation)
    const got = receivedBy(own, ledger)
    // Notifications on other nodes are sent with any session of the user.
    const waited = own.length > 0 ? waitingFor(user, beginning) : beginning.outbox
    const gone = waited.filter(
      ({ number, lane }) => lane === laneOf(user) && !undelivered.has(number) && !got.has(number),
    )
    return gone.map(
      ({ number }) => `${number} was sent while ${user} was awaited: ${ledger.committed.get(number)?.text ?? ''}`,
    )
  })
}

/** Numbers of the notifications that these sessions have received. */
function receivedBy(sessions: readonly Session[], ledger: Ledger): ReadonlySet<number> {
  return new Set(sessions.flatMap(({ items }) => items.flatMap(({ id }) => ledger.numberOf(id) ?? [])))
}

const laneOf = (user: string) => `A:user/${user}`
const isOwn = (user: string, node: string) => `${node}/`.startsWith(`/finesse/api/User/${user}/`)

/** Acknowledged changes that are not in the file. `side`: that of the supervisor. */
export function acknowledgedIn(
  { acknowledged }: Crew,
  ledger: Ledger,
  { records }: FileContent,
  now: number,
  side: Side = 'A',
): string[] {
  const wrong: string[] = []
  const lost = (what: string) => wrong.push(`acknowledged and not in the data file: ${what}`)
  for (const [requestId, what] of acknowledged.requests) if (!ledger.requests.has(requestId)) lost(what)
  for (const id of acknowledged.made) if (!ledger.made.has(id)) lost(`task or call ${id}`)
  for (const id of acknowledged.abandoned) if (!ledger.abandoned.has(id)) lost(`task ${id} was abandoned`)
  for (const id of acknowledged.hungUp) if (!ledger.hungUp.has(id)) lost(`call ${id} was hung up`)
  const subscribed = (node: string) =>
    records.some(({ collection, key }) => collection === `xmpp-subscriptions-${side}` && key.startsWith(`${node} `))
  for (const [node, wanted] of acknowledged.subscriptions)
    if (wanted !== undefined && subscribed(node) !== wanted) lost(`subscription to ${node}: ${wanted}`)
  for (const [account, until] of acknowledged.locks)
    if (until > now && !records.some(({ collection, key }) => collection === 'lockouts' && key === account))
      lost(`${account} is locked`)
  return wrong
}

/** The outbox and the other sessions. */
export interface Surroundings {
  /** Rows that are undelivered now. */
  readonly outbox: readonly FileOutboxRow[]
  /** All sessions of this process, in the order in which they connected. */
  readonly sessions: readonly Session[]
  readonly isSettled: boolean
}

/** Compares what a session received with what was committed. */
export function sessionWrong(
  session: Session,
  ledger: Ledger,
  beginning: Beginning,
  { outbox, sessions, isSettled }: Surroundings,
): string[] {
  const { user, jid, items } = session
  const wrong: string[] = []
  const say = (what: string) => wrong.push(`${jid}, process ${session.generation}: ${what}`)
  const last = new Map<string, number>()
  const got: Committed[] = []
  for (const { id, node, text } of items) {
    const number = ledger.numberOf(id)
    const made = number === undefined ? undefined : ledger.committed.get(number)
    if (number === undefined || !made) {
      say(`item ${id} on ${node} was never committed: ${text}`)
      continue
    }
    if (made.text !== text || made.notification.node !== node)
      say(`item ${id} on ${node} is ${text}, committed was ${made.text}`)
    const order = `${made.lane} ${node}`
    const before = Math.max(last.get(order) ?? 0, isOwn(user, node) ? (last.get('own') ?? 0) : 0)
    if (number <= before) say(`item ${number} on ${node} came after ${before}`)
    last.set(order, number)
    if (!isOwn(user, node) || made.lane !== laneOf(user)) continue
    last.set('own', number)
    got.push(made)
  }
  wrong.push(...gaps(session, ledger, beginning, got, { outbox, sessions, isSettled }))
  return wrong
}

/** Notifications that the session has missed. It must get all of its user's from the first due one, without a gap. */
function gaps(
  session: Session,
  ledger: Ledger,
  beginning: Beginning,
  got: readonly Committed[],
  { outbox, sessions, isSettled }: Surroundings,
): string[] {
  const { user, jid } = session
  const wrong: string[] = []
  const lane = (ledger.lanes.get(laneOf(user)) ?? []).filter(({ notification }) => isOwn(user, notification.node))
  const numbers = lane.map(({ number }) => number)
  const due = firstDue(session, ledger, beginning, lane, earlier(sessions, session))
  const first = Math.min(got[0]?.number ?? Number.POSITIVE_INFINITY, due ?? Number.POSITIVE_INFINITY)
  const last = got.at(-1)?.number ?? 0
  const received = new Set(got.map(({ number }) => number))
  const undelivered = new Set(outbox.map(({ number }) => number))
  for (const number of numbers) {
    if (number < first || received.has(number)) continue
    const isTail = number > last
    if (isTail && session.end === 'left') break
    if (isTail && session.end === 'killed' && undelivered.has(number)) continue
    if (isTail && session.end === undefined && !isSettled) break
    const text = ledger.committed.get(number)?.text
    wrong.push(
      `${jid}, process ${session.generation}: ${number} is missing, due from ${due}, got ${got[0]?.number} to ${last}: ${text}`,
    )
  }
  return wrong
}

/** Earlier sessions of the same user with this process. */
function earlier(sessions: readonly Session[], session: Session): readonly Session[] {
  const own = sessions.filter(({ user }) => user === session.user)
  return own.slice(0, own.indexOf(session))
}

/** The first notification that this session must get; `undefined` while it is unknown. */
function firstDue(
  session: Session,
  ledger: Ledger,
  beginning: Beginning,
  lane: readonly Committed[],
  before: readonly Session[],
): number | undefined {
  const { user, jid } = session
  const notes = ledger.notes.filter(
    ({ aggregate, position }) => position > beginning.position && aggregate === `user/${user}`,
  )
  const arrival = notes.find(
    ({ input }) =>
      input.kind === 'user' && input.event.type === 'PRESENCE' && input.event.available && input.event.session === jid,
  )
  if (!arrival) return undefined
  const after = lane.find(({ position }) => position > arrival.position)?.number
  const end = endOfWait(user, beginning, ledger)
  if (!beginning.awaited.has(user) || (end !== undefined && end.position < arrival.position)) return after
  // The user was awaited when this session connected. Due are the notifications that were undelivered and all later
  // ones, except those that an earlier session has received.
  const got = receivedBy(before, ledger)
  const waited = waitingFor(user, beginning).find(({ number }) => !got.has(number))?.number
  const since = lane.find(({ position, number }) => position > beginning.position && !got.has(number))?.number
  const all = [waited, since, after].flatMap((each) => each ?? [])
  return all.length === 0 ? undefined : Math.min(...all)
}

/** Notifications that a session has missed on `nodes`, to which the supervisor was subscribed all the time. */
export function subscriptionGaps(
  session: Session,
  ledger: Ledger,
  nodes: readonly string[],
  beginning: Beginning,
): string[] {
  const arrival = ledger.notes.find(
    ({ aggregate, position, input }) =>
      position > beginning.position &&
      aggregate === `user/${session.user}` &&
      input.kind === 'user' &&
      input.event.type === 'PRESENCE' &&
      input.event.available,
  )
  if (!arrival) return []
  const received = new Set(session.items.flatMap(({ id, node }) => (nodes.includes(node) ? [ledger.numberOf(id)] : [])))
  return [...ledger.committed.values()].flatMap(({ number, position, notification, text }) => {
    if (position <= arrival.position || !nodes.includes(notification.node) || received.has(number)) return []
    return [`${session.jid}, process ${session.generation}: ${number} on ${notification.node} is missing: ${text}`]
  })
}
