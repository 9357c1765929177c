/** Checks of what a client of one side received: each notification of its user once, in order, and without a gap. */
import type { Session } from '../crash/client.ts'
import type { Committed, Ledger } from '../crash/ledger.ts'

/** What is wrong with the session. When it lasts, everything has arrived by now. */
export function streamWrong(session: Session, ledger: Ledger): readonly string[] {
  const { user, jid, items, end } = session
  const lane = `${sideOf(jid)}:user/${user}`
  const last = new Map<string, number>()
  const got = new Set<number>()
  const wrong: string[] = []
  for (const { id, node, text } of items) {
    const number = ledger.numberOf(id)
    const made = number === undefined ? undefined : ledger.committed.get(number)
    if (number === undefined || made === undefined) {
      // SystemInfo at the beginning of a session is not stored.
      if (!node.endsWith('/SystemInfo')) wrong.push(`${jid}: item ${id} on ${node} was never committed: ${text}`)
      continue
    }
    const isOwn = made.lane === lane && `${node}/`.startsWith(`/finesse/api/User/${user}/`)
    if (!node.endsWith('/SystemInfo') && (made.text !== text || made.notification.node !== node))
      wrong.push(`${jid}: item ${id} on ${node} is ${text}, committed was ${made.text}`)
    const order = isOwn ? 'own' : `${made.lane} ${node}`
    const before = last.get(order) ?? 0
    if (number <= before) wrong.push(`${jid}: item ${number} on ${node} came after ${before}`)
    last.set(order, number)
    if (isOwn) got.add(number)
  }
  return [...wrong, ...missing(session, ledger, lane, got, end !== undefined)]
}

const sideOf = (jid: string) => (jid.includes('@b.') ? 'B' : 'A')

/** Everything after the arrival of the session; at its end something may have been on its way. */
function missing(
  { user, jid }: Session,
  ledger: Ledger,
  lane: string,
  got: ReadonlySet<number>,
  hasEnded: boolean,
): readonly string[] {
  const arrival = ledger.notes.find(
    ({ aggregate, input }) =>
      aggregate === `user/${user}` &&
      input.kind === 'user' &&
      input.event.type === 'PRESENCE' &&
      input.event.available &&
      input.event.session === jid,
  )
  if (arrival === undefined) return hasEnded ? [] : [`${jid}: the journal does not have its arrival`]
  const latest = hasEnded ? Math.max(0, ...got) : Number.POSITIVE_INFINITY
  const isDue = ({ number, position, notification: { node } }: Committed) =>
    position > arrival.position && number <= latest && `${node}/`.startsWith(`/finesse/api/User/${user}/`)
  return (ledger.lanes.get(lane) ?? []).flatMap((made) =>
    isDue(made) && !got.has(made.number) ? [`${jid}: ${made.number} is missing: ${made.text}`] : [],
  )
}
