/** Jumps to a time, and to the next incident: in the story that is loaded, then in the journal around it. */
import { readTime } from '../../../../times/index.ts'
import { LONGEST, pastOf, SPAN } from '../net/history.ts'
import { type Incident, incidentBeside } from './incidents.ts'
import { Story } from './story.ts'
import type { Viewer } from './viewer.ts'

/** Most requests for one jump. The span doubles with each, so they reach over weeks. */
const REQUESTS = 24

export class Seeker {
  readonly #viewer: Viewer
  #seeking: AbortController | undefined
  /** What came of the last jump, as a text for people; empty if it was done. */
  told = ''

  constructor(viewer: Viewer) {
    this.#viewer = viewer
  }

  cancel(): void {
    this.#seeking?.abort()
    this.#seeking = undefined
    this.told = ''
  }

  /** Goes to a time as commands take it: `10:42`, `2026-11-30T10:42:07`, `5m ago`. */
  toTime(text: string): void {
    const viewer = this.#viewer
    this.cancel()
    try {
      viewer.go({ ...viewer.place, at: readTime(text.trim(), { now: viewer.now }) })
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error))
    }
  }

  /** Goes to the next or the previous incident of the chosen agent. */
  async to(kind: Incident, by: 1 | -1): Promise<void> {
    const viewer = this.#viewer
    const { story } = viewer
    this.cancel()
    if (story === undefined) return
    const found = incidentBeside(story, kind, viewer.shown, by)
    if (found !== undefined) return viewer.stopAt(found.index)
    const seeking = new AbortController()
    this.#seeking = seeking
    this.#say('Looking through the journal …')
    try {
      const at = await this.#inJournal(story, kind, by, seeking.signal)
      if (this.#seeking !== seeking) return
      this.cancel()
      if (at === undefined) this.#say(`There is no ${by > 0 ? 'later' : 'earlier'} ${kind}.`)
      else viewer.go({ ...viewer.place, at })
    } catch (error) {
      if (this.#seeking === seeking) this.#say(error instanceof Error ? error.message : String(error))
    }
  }

  /** The time of the nearest incident outside the story. */
  async #inJournal(story: Story, kind: Incident, by: 1 | -1, signal: AbortSignal): Promise<number | undefined> {
    const { session, now, hello } = this.#viewer
    const { moments } = story.timeline
    let edge = by > 0 ? (moments.at(-1)?.at ?? now) + 1 : (moments[0]?.at ?? now) - 1
    let span = SPAN
    if (session === undefined || hello?.history === false || (by > 0 && story.isLive)) return undefined
    for (let request = 0; request < REQUESTS && (by > 0 ? edge <= now : edge > 0); request++) {
      const between = by > 0 ? { from: edge, to: Math.min(now, edge + span) } : { from: edge - span, to: edge }
      const { frames, end } = await pastOf(session, story.user, between, signal)
      const part = new Story(story.user, false)
      for (const frame of frames) part.hear(frame)
      const { timeline } = part
      const found = incidentBeside(part, kind, by > 0 ? timeline.first - 1 : timeline.last + 1, by)
      if (found !== undefined) return found.at
      if (end?.problem !== undefined) throw new Error(end.problem)
      edge = by > 0 ? (end?.next ?? between.to + 1) : between.from - 1
      span = Math.min(LONGEST, span * 2)
    }
    return undefined
  }

  #say(text: string): void {
    this.told = text
    this.#viewer.changes.tell()
  }
}
