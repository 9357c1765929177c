/** The story of an agent as lanes: a row per medium with the states over time, and below it its tasks or calls. */
import type { Handling, LaneResult, Track as LaneTrack, Span } from '../../../../pages/lanes/spans.ts'
import type { Names } from './names.ts'
import type { Story } from './story.ts'
import { isOver, type Track } from './timeline.ts'

const HOUR = 3_600_000
/** Milliseconds after the end, so that a state that has just begun is seen. */
const TAIL = 1000
/** Milliseconds before the first step. */
const LEAD = 60_000

/** The id of the row of calls; the others have the ids of their MRDs. */
const VOICE = 'voice'

export interface StoryLanes {
  readonly result: LaneResult
  /** Begin and end of the story, in milliseconds since `result.startsAt`. */
  readonly begin: number
  readonly end: number
}

/** `now`: the end of what has not ended, in milliseconds since 1970 UTC. */
export function lanesOf({ user, timeline }: Story, now: number, names: Pick<Names, 'ofUser' | 'ofMedium'>): StoryLanes {
  const known = timeline.moments[0]?.at ?? now
  // States at the beginning may be hours old. The lanes begin shortly before the first step, with these states.
  const step = timeline.moments.find(({ position }) => position !== undefined)?.at
  const first = step === undefined ? known : Math.max(known, step - LEAD)
  const end = Math.max(now, timeline.moments.at(-1)?.at ?? now) + TAIL
  // The ticks of the axis are at whole minutes and hours after the start.
  const startsAt = Math.floor(first / HOUR) * HOUR
  const all = [...timeline.tracks.values()]
  const spansOf = (track: Track) => spans(track, { startsAt, first, end })
  const tracks = all.flatMap((track): readonly LaneTrack[] => {
    const { kind, mrd = '' } = track.facts
    if (kind === 'user') return [{ subject: VOICE, name: 'Voice', spans: spansOf(track) }]
    return kind === 'media' ? [{ subject: mrd, name: names.ofMedium(mrd) || mrd, spans: spansOf(track) }] : []
  })
  const handlings = all.flatMap((track): readonly Handling[] => {
    const { kind, mrd = '', dialog = '', user: whose } = track.facts
    if (kind !== 'task' && !(kind === 'leg' && whose === user)) return []
    return [{ dialog, contact: '', mrd: kind === 'leg' ? VOICE : mrd, spans: spansOf(track), dispositionCode: '' }]
  })
  const order = (subject: string) => (subject === VOICE ? '' : subject)
  const agent = {
    ...{ user, name: names.ofUser(user) || user, team: '', handlings },
    tracks: tracks.toSorted((a, b) => order(a.subject).localeCompare(order(b.subject), 'en', { numeric: true })),
  }
  return { result: { startsAt, agents: [agent], faults: [] }, begin: first - startsAt, end: end - startsAt }
}

interface Time {
  readonly startsAt: number
  readonly first: number
  readonly end: number
}

/** The states of an actor without gaps. Times are since `startsAt`. */
function spans({ seen }: Track, { startsAt, first, end }: Time): readonly Span[] {
  const found: Span[] = []
  for (const [index, moment] of seen.entries()) {
    if (isOver(moment.seen) || moment.seen === undefined || moment.seen.state === '') continue
    const { state } = moment.seen
    const [from, to] = [Math.max(first, moment.at) - startsAt, (seen[index + 1]?.at ?? end) - startsAt]
    const last = found.at(-1)
    if (last?.state === state && last.to === from) found[found.length - 1] = { state, from: last.from, to }
    else if (to > from) found.push({ state, from, to })
  }
  return found
}

/** The session id of what a bar shows. */
export function sessionOf(user: string, subject: string, dialog: string | undefined): string {
  if (subject === VOICE) return dialog === undefined ? `user/${user}` : `call/${dialog}/leg:${user}`
  return `user/${user}/media:${subject}${dialog === undefined ? '' : `/task:${dialog}`}`
}
