/** Interrupts as links between lanes: from the work that interrupts to the medium that is interrupted by it. */
import type { LaneAgent, Span } from './spans.ts'

export interface Link {
  /** Begin and end of the interrupt, in milliseconds since the start. */
  readonly at: number
  readonly to: number
  /** The tracks: `voice`, or ids of MRDs. */
  readonly by: string
  readonly of: string
}

/** The states of work that may interrupt. */
const WORK: ReadonlySet<string> = new Set([
  'ACTIVE',
  'TALKING',
  'HELD',
  'HOLD',
  'CONFERENCE',
  'CONSULT',
  'PAUSED',
  'WRAPPING_UP',
])

interface Work extends Span {
  readonly subject: string
}

/** The links of an agent, in order of time. An interrupt is by the work that began last before it. */
export function linksOf({ tracks = [], handlings = [] }: LaneAgent): readonly Link[] {
  const work: readonly Work[] = [
    ...tracks.filter(({ subject }) => subject === 'voice').map(({ subject, spans }) => ({ subject, spans })),
    ...handlings.map(({ mrd, spans }) => ({ subject: mrd, spans })),
  ]
    .flatMap(({ subject, spans }) => spans.map((span) => ({ ...span, subject })))
    .filter(({ state }) => WORK.has(state))
    .sort((a, b) => a.from - b.from)
  const links = tracks.flatMap(({ subject, spans }) =>
    spans
      .filter(({ state }) => state === 'INTERRUPTED')
      .flatMap(({ from, to }): readonly Link[] => {
        const by = work.findLast((each) => each.subject !== subject && each.from <= from && each.to >= from)
        return by === undefined ? [] : [{ at: from, to, by: by.subject, of: subject }]
      }),
  )
  return links.toSorted((a, b) => a.at - b.at)
}
