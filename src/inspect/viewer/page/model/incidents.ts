/** Moments that one looks for: interrupts, and errors. */
import type { Moment } from './moment.ts'
import { isSameEpisode } from './scene.ts'
import type { Story } from './story.ts'

export type Incident = 'interrupt' | 'error'

/** States into which something goes wrong: calls and dialogs, sides, and connections of agents. */
const TROUBLE: ReadonlySet<string> = new Set(['UNKNOWN', 'FAILED', 'OUT_OF_SERVICE', 'GRACE'])

/** Events that say that something was missed, refused or lost. */
const MISHAPS: ReadonlySet<string> = new Set([
  ...['START_TIMEOUT', 'MAX_TASK_DURATION', 'TASK_LIFE', 'DIALOG_VANISHED', 'PRESENCE_GRACE_OVER', 'FORCED_SIGN_OUT'],
  ...['TRANSFER_TIMEOUT', 'TRANSFER_TIMED_OUT', 'TRANSFER_REFUSED', 'LINK_DOWN', 'SERVICE_LOST', 'SESSIONS_LOST'],
])

function isIncident(kind: Incident, { timeline }: Story, moment: Moment): boolean {
  if (moment.kind !== 'snapshot' || moment.seen === undefined) return false
  const { state, status } = moment.seen
  const isNew = timeline.seenBefore(moment.session, moment.index)?.seen?.state !== state
  if (kind === 'interrupt') return isNew && state === 'INTERRUPTED' && moment.actor.kind === 'media'
  return status === 'error' || (isNew && TROUBLE.has(state)) || MISHAPS.has(moment.event?.type ?? '')
}

/**
 * The next (`by` 1) or the previous (-1) incident after or before the moment `index`. What one input caused is one
 * incident.
 */
export function incidentBeside(story: Story, kind: Incident, index: number, by: 1 | -1): Moment | undefined {
  const { timeline } = story
  const current = timeline.moment(index)
  for (let at = index + by; at >= timeline.first && at <= timeline.last; at += by) {
    const moment = timeline.moment(at)
    if (moment === undefined || isSameEpisode(moment, current) || !isIncident(kind, story, moment)) continue
    return firstOf(story, kind, moment)
  }
  return undefined
}

/** The first incident of the same episode. */
function firstOf(story: Story, kind: Incident, moment: Moment): Moment {
  let first = moment
  for (let at = moment.index - 1; at >= story.timeline.first; at--) {
    const each = story.timeline.moment(at)
    if (each === undefined || !isSameEpisode(each, moment)) break
    if (isIncident(kind, story, each)) first = each
  }
  return first
}
