/** The states of the actors of a story at one of its moments. */
import type { ActorFacts, MachineName } from '../../../protocol.ts'
import type { Moment } from './moment.ts'
import type { Story } from './story.ts'
import { isOver } from './timeline.ts'

export interface Standing {
  readonly session: string
  readonly facts: ActorFacts
  readonly machine: MachineName
  /** The moment with its present state. */
  readonly moment: Moment
  /** The moment with its state before. */
  readonly before: Moment | undefined
  /** True if it took part in the input that is shown, or in its consequences up to the step that is shown. */
  readonly isChanged: boolean
}

const ORDER = { user: 0, media: 1, task: 2, call: 3, leg: 4, presence: 5, queue: 6, side: 7 } as const

const rank = ({ facts, session }: Standing) =>
  [ORDER[facts.kind], facts.mrd, facts.dialog, facts.side, facts.kind === 'leg' ? session : ''].join(' ')

/**
 * Actors with a machine that exist at moment `index`, the user first. An actor that ended because of the input that is
 * shown is included, so that its end can be seen.
 */
export function actorsAt(story: Story, index: number): readonly Standing[] {
  const { timeline } = story
  const current = timeline.moment(index)
  return [...timeline.tracks.values()]
    .flatMap(({ session, facts, machine }): readonly Standing[] => {
      const moment = timeline.seenAt(session, index)
      if (moment === undefined || machine === undefined) return []
      const isInEpisode = isSameEpisode(moment, current)
      if (isOver(moment.seen) && !isInEpisode) return []
      return [{ session, facts, machine, moment, before: timeline.seenBefore(session, index), isChanged: isInEpisode }]
    })
    .sort((a, b) => rank(a).localeCompare(rank(b), 'en', { numeric: true }))
}

/** True if the same external input caused both moments. */
export function isSameEpisode(one: Moment | undefined, other: Moment | undefined): boolean {
  return one?.episode !== undefined && one.episode === other?.episode
}
