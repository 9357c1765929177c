/** Messages between the actors of a story, and their results: the rows of the sequence diagram. */
import { type Column, columnsOf, OUTSIDE } from './columns.ts'
import type { Moment } from './moment.ts'
import type { Story } from './story.ts'

export interface Message {
  /** The event, or the beginning of an actor. */
  readonly moment: Moment
  /** Session ids, or `OUTSIDE`. */
  readonly from: string
  readonly to: string
  readonly text: string
  /** The receiver's state after the message, if known, and before it. */
  readonly result: Moment | undefined
  readonly before: Moment | undefined
  /** Index of the moment that shows the result. */
  readonly index: number
  /** The first message of an input. */
  readonly begins: boolean
}

export interface Sequence {
  readonly columns: readonly Column[]
  /** Number of the column of a session. */
  readonly numbers: ReadonlyMap<string, number>
  readonly messages: readonly Message[]
}

const isNew = (moment: Moment, last: Moment | undefined) =>
  last === undefined || last.aggregate !== moment.aggregate || last.sequence !== moment.sequence

/** The snapshot after each event. */
function resultsOf(moments: readonly Moment[]): ReadonlyMap<Moment, Moment> {
  const waiting = new Map<string, Moment[]>()
  const results = new Map<Moment, Moment>()
  for (const moment of moments) {
    const asked = waiting.get(moment.session) ?? []
    if (moment.kind === 'event') waiting.set(moment.session, [...asked, moment])
    if (moment.kind !== 'snapshot') continue
    // An actor processes its events in order. Some events may have no snapshot.
    const taken = asked.findIndex(({ event }) => event?.type === moment.event?.type)
    const event = asked[taken]
    if (event === undefined) continue
    results.set(event, moment)
    waiting.set(moment.session, asked.slice(taken + 1))
  }
  return results
}

/** The text of a message. XState's own `xstate.done.actor.…` becomes `done`. */
function textOf({ kind, event, actor }: Moment): string {
  if (kind === 'actor') return `begins: ${actor.dialog ?? actor.mrd ?? actor.kind}`
  return event?.type.startsWith('xstate.done.') ? 'done' : (event?.type ?? '')
}

/** All messages of a story, oldest first. */
export function sequenceOf({ timeline }: Story): Sequence {
  const happened = timeline.moments.filter(({ position }) => position !== undefined)
  const results = resultsOf(happened)
  const messages: Message[] = []
  let last: Moment | undefined
  for (const moment of happened) {
    // The actor frame already shows that the actor begins.
    if (moment.kind === 'snapshot' || moment.event?.type === 'xstate.init') continue
    const result = moment.kind === 'actor' ? moment : results.get(moment)
    messages.push({
      moment,
      from: moment.source ?? (moment.kind === 'actor' ? parentOf(moment.session) : OUTSIDE),
      to: moment.session,
      text: textOf(moment),
      result,
      before: result === undefined ? undefined : timeline.seenBefore(moment.session, result.index),
      index: result?.index ?? moment.index,
      begins: isNew(moment, last),
    })
    last = moment
  }
  return { ...columnsOf(messages.map(({ from, to }) => [from, to])), messages }
}

/** The parent of an actor inside a user; `OUTSIDE` for other actors. */
function parentOf(session: string): string {
  const end = session.lastIndexOf('/')
  return session.startsWith('user/') && end > 'user'.length ? session.slice(0, end) : OUTSIDE
}
