/** Messages between the actors of a story, with what each led to: the rows of the sequence diagram. */
import type { Moment } from './moment.ts'
import type { Story } from './story.ts'

/** Stands for whoever is outside: clients, the ACD, deadlines. */
export const OUTSIDE = 'outside'

export interface Message {
  /** The event, or the beginning of an actor. */
  readonly moment: Moment
  readonly from: string
  readonly to: string
  readonly text: string
  /** How the receiver stood afterwards, when that is known; and before. */
  readonly result: Moment | undefined
  readonly before: Moment | undefined
  /** Index that shows the result. */
  readonly index: number
  /** The first message of an input. */
  readonly begins: boolean
}

export interface Sequence {
  /** Session ids, outside first. */
  readonly columns: readonly string[]
  readonly messages: readonly Message[]
}

const isNew = (moment: Moment, last: Moment | undefined) =>
  last === undefined || last.aggregate !== moment.aggregate || last.sequence !== moment.sequence

/** Where an event that was heard now has its result. */
function resultsOf(moments: readonly Moment[]): ReadonlyMap<Moment, Moment> {
  const waiting = new Map<string, Moment[]>()
  const results = new Map<Moment, Moment>()
  for (const moment of moments) {
    const asked = waiting.get(moment.session) ?? []
    if (moment.kind === 'event') waiting.set(moment.session, [...asked, moment])
    if (moment.kind !== 'snapshot') continue
    // Events of one actor are taken in their order; an unchanged actor may tell nothing of some.
    const taken = asked.findIndex(({ event }) => event?.type === moment.event?.type)
    const event = asked[taken]
    if (event === undefined) continue
    results.set(event, moment)
    waiting.set(moment.session, asked.slice(taken + 1))
  }
  return results
}

/** What is kept between two looks, so that only a changed story is gone through again. */
export function sequenceOf({ timeline }: Story): Sequence {
  const happened = timeline.moments.filter(({ position }) => position !== undefined)
  const results = resultsOf(happened)
  const messages: Message[] = []
  let last: Moment | undefined
  for (const moment of happened) {
    if (moment.kind === 'snapshot') continue
    const result = moment.kind === 'actor' ? moment : results.get(moment)
    messages.push({
      moment,
      from: moment.source ?? (moment.kind === 'actor' ? parentOf(moment.session) : OUTSIDE),
      to: moment.session,
      text: moment.kind === 'actor' ? 'begins' : (moment.event?.type ?? ''),
      result,
      before: result === undefined ? undefined : timeline.seenBefore(moment.session, result.index),
      index: result?.index ?? moment.index,
      begins: isNew(moment, last),
    })
    last = moment
  }
  return { columns: columnsOf(messages), messages }
}

const parentOf = (session: string) => /^(user\/.*)\/[^/]+$/.exec(session)?.[1] ?? OUTSIDE

const ORDER = [/^outside$/, /^side\//, /^queue\//, /^call\//, /^user\/[^/]+$/, /\/(media|task):/, /\/presence:/]

function columnsOf(messages: readonly Message[]): readonly string[] {
  const sessions = [...new Set(messages.flatMap(({ from, to }) => [from, to]))]
  // A task stands beside its medium, since its name begins with that.
  const rank = (session: string) => ORDER.findIndex((pattern) => pattern.test(session))
  return sessions.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true }))
}
