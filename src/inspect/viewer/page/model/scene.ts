/** How the actors of a story stand at one of its moments. */
import type { ActorFacts, MachineName } from '../../../protocol.ts'
import type { Moment } from './moment.ts'
import type { Story } from './story.ts'
import { isOver } from './timeline.ts'

export interface Standing {
  readonly session: string
  readonly facts: ActorFacts
  readonly machine: MachineName
  /** What it is in. */
  readonly moment: Moment
  /** What it was in before. */
  readonly before: Moment | undefined
  /** It took part in what is shown: in the input, or in what that led to, up to the step that is shown. */
  readonly isChanged: boolean
}

const ORDER = { user: 0, media: 1, task: 2, call: 3, presence: 4, queue: 5, side: 6 } as const

const rank = ({ facts }: Standing) => [ORDER[facts.kind], facts.mrd, facts.dialog, facts.side].join(' ')

/**
 * Actors that have a machine and are there at moment `index`, the user first. One that ended in what is shown is still
 * there: its end can be seen.
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

/** Both belong to what one input from outside led to. */
export function isSameEpisode(one: Moment | undefined, other: Moment | undefined): boolean {
  return one?.episode !== undefined && one.episode === other?.episode
}
