/** What must be true of a data file and of what clients saw, at a kill and when everything has settled. */

import type { Session } from './client.ts'
import type { FileContent, FileOutboxRow } from './data-file.ts'
import type { Committed, Ledger } from './ledger.ts'
import { AGENTS, type Crew, SUPERVISOR } from './work.ts'

/** The beginning of a server process, as the file was then. */
export interface Beginning {
  readonly generation: number
  /** Position of the last row before. */
  readonly position: number
  /** What was undelivered then. */
  readonly outbox: readonly FileOutboxRow[]
  /** Users for whom undelivered notifications wait. */
  readonly awaited: ReadonlySet<string>
}

/** As in `directory.yaml`, in ms, and how far the clocks of both processes may lie apart. */
const GRACE = 3000
const SLACK = 500

export const NOTHING_BEGUN: Beginning = { generation: 0, position: 0, outbox: [], awaited: new Set() }

/**
 * The beginning of the process that comes after this content. Awaited is who was there, and who was awaited by the
 * process before and had neither come nor had the time for it.
 */
export function beginningAfter(
  before: Beginning,
  generation: number,
  ledger: Ledger,
  outbox: readonly FileOutboxRow[],
): Beginning {
  const now = ledger.notes.at(-1)?.at ?? 0
  const awaited = [...AGENTS, SUPERVISOR].filter(
    (user) => ledger.isAwaited(user) || isStillAwaited(user, before, ledger, now),
  )
  return { generation, position: ledger.position, outbox, awaited: new Set(awaited) }
}

function isStillAwaited(user: string, { awaited, position }: Beginning, ledger: Ledger, now: number): boolean {
  if (!awaited.has(user)) return false
  const hasCome = ledger.notes.some(
    (note) =>
      note.position > position &&
      note.aggregate === `user/${user}` &&
      note.input.kind === 'user' &&
      note.input.event.type === 'PRESENCE' &&
      note.input.event.available,
  )
  const back = returnOfService(ledger, position)
  return !hasCome && (back === undefined || now - back < GRACE - SLACK)
}

/** When clients could come back to the process that began behind this position (ms). */
function returnOfService(ledger: Ledger, position: number): number | undefined {
  return ledger.notes.find(
    (note) =>
      note.position > position &&
      note.aggregate === 'side/A' &&
      note.input.kind === 'side' &&
      note.input.change === 'BACK',
  )?.at
}

/** Notifications that waited for somebody who has not come: they must not have left. `now`: the end of the process. */
export function goneWhileAwaited(
  beginning: Beginning,
  ledger: Ledger,
  outbox: readonly FileOutboxRow[],
  now: number,
): string[] {
  const undelivered = new Set(outbox.map(({ number }) => number))
  return [...beginning.awaited].flatMap((user) => {
    if (!isStillAwaited(user, beginning, ledger, now)) return []
    const gone = beginning.outbox.filter(({ number, lane }) => lane === laneOf(user) && !undelivered.has(number))
    return gone.map(
      ({ number }) => `${number} left while ${user} was awaited: ${ledger.committed.get(number)?.text ?? ''}`,
    )
  })
}

const laneOf = (user: string) => `A:user/${user}`
const isOwn = (user: string, node: string) => `${node}/`.startsWith(`/finesse/api/User/${user}/`)

/** All that was acknowledged is in the file. */
export function acknowledgedIn(
  { acknowledged }: Crew,
  ledger: Ledger,
  { records }: FileContent,
  now: number,
): string[] {
  const wrong: string[] = []
  const lost = (what: string) => wrong.push(`acknowledged and not in the data file: ${what}`)
  for (const [requestId, what] of acknowledged.requests) if (!ledger.requests.has(requestId)) lost(what)
  for (const id of acknowledged.made) if (!ledger.made.has(id)) lost(`task or call ${id}`)
  for (const id of acknowledged.abandoned) if (!ledger.abandoned.has(id)) lost(`task ${id} was abandoned`)
  for (const id of acknowledged.hungUp) if (!ledger.hungUp.has(id)) lost(`call ${id} was hung up`)
  const subscribed = (node: string) =>
    records.some(({ collection, key }) => collection === 'xmpp-subscriptions-A' && key.startsWith(`${node} `))
  for (const [node, wanted] of acknowledged.subscriptions)
    if (wanted !== undefined && subscribed(node) !== wanted) lost(`subscription to ${node}: ${wanted}`)
  for (const [account, until] of acknowledged.locks)
    if (until > now && !records.some(({ collection, key }) => collection === 'lockouts' && key === account))
      lost(`${account} is locked`)
  return wrong
}

/** What happened to a session, against what was committed. `outbox`: what is undelivered now. */
export function sessionWrong(
  session: Session,
  ledger: Ledger,
  beginning: Beginning,
  { outbox, isSettled }: { readonly outbox: readonly FileOutboxRow[]; readonly isSettled: boolean },
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
  wrong.push(...gaps(session, ledger, beginning, got, outbox, isSettled))
  return wrong
}

/** A session gets all of its user's notifications, from those that waited for it on, without a gap. */
function gaps(
  session: Session,
  ledger: Ledger,
  beginning: Beginning,
  got: readonly Committed[],
  outbox: readonly FileOutboxRow[],
  isSettled: boolean,
): string[] {
  const { user, jid } = session
  const wrong: string[] = []
  const lane = (ledger.lanes.get(laneOf(user)) ?? []).filter(({ notification }) => isOwn(user, notification.node))
  const numbers = lane.map(({ number }) => number)
  const due = firstDue(session, ledger, beginning, lane)
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

/** The first notification that this session must get; `undefined` while that cannot be said. */
function firstDue(
  session: Session,
  ledger: Ledger,
  beginning: Beginning,
  lane: readonly Committed[],
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
  const cameEarlier = notes.some(
    ({ input, position }) =>
      position < arrival.position &&
      ((input.kind === 'user' && input.event.type === 'PRESENCE') ||
        (input.kind === 'deadline' && input.name === 'PRESENCE_GRACE_OVER')),
  )
  // Whoever is signed out is awaited without a word in the journal: for the grace period of the directory.
  const back = returnOfService(ledger, beginning.position)
  const isLate = back === undefined || arrival.at - back >= GRACE - SLACK
  if (cameEarlier || isLate || !beginning.awaited.has(user)) return after
  // Nobody was told anything while the user was awaited: all that was undelivered, and all that came since.
  const own = new Set(lane.map(({ number }) => number))
  const waited = beginning.outbox.find(({ number }) => own.has(number))?.number
  const since = lane.find(({ position }) => position > beginning.position)?.number
  const all = [waited, since, after].flatMap((each) => each ?? [])
  return all.length === 0 ? undefined : Math.min(...all)
}

/** Nodes to which the supervisor was subscribed all the time: no gap within a session. */
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
