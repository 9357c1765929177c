/** Loads the past of the chosen user into the story: at the beginning, around a moment, and further back. */

import { NotSignedIn, Refused } from '../../../../pages/browser/session.ts'
import type { InspectionFrame } from '../../../protocol.ts'
import { type Between, LONGEST, pastOf, SPAN } from '../net/history.ts'
import { rest } from '../net/rest.ts'
import { Story } from './story.ts'
import type { Viewer } from './viewer.ts'

/** Recent frames that are kept, of all users: for the user who is chosen next, and for the time of loading the past. */
const RECENT = 20_000

export class PastLoader {
  readonly #viewer: Viewer
  #recent: InspectionFrame[] = []
  #loading: AbortController | undefined
  /** Beginning of the story in milliseconds since 1970 UTC. */
  #from = 0
  /** Why the past could not be loaded, as a text for people. */
  problem = ''

  constructor(viewer: Viewer) {
    this.#viewer = viewer
  }

  /** Nothing before this is known: states that began earlier stand in the story with the time of their beginning. */
  get from(): number {
    return this.#from
  }

  get isLoading(): boolean {
    return this.#loading !== undefined
  }

  heard(frame: InspectionFrame): void {
    this.#recent.push(frame)
    if (this.#recent.length > RECENT) this.#recent = this.#recent.slice(RECENT / 10)
  }

  cancel(): void {
    this.#loading?.abort()
    this.#loading = undefined
    this.#recent = []
  }

  /** Loads the last ten minutes. Then the story is live. */
  loadNow(user: string): void {
    this.#load(user, { from: this.#viewer.now - SPAN, to: undefined }, undefined)
  }

  loadAround(user: string, at: number): void {
    const to = at + SPAN / 2
    this.#load(user, { from: at - SPAN / 2, to: to >= this.#viewer.now ? undefined : to }, at)
  }

  /** Loads the same again, after a connection was lost. */
  again(): void {
    const { user, at } = this.#viewer.place
    if (user === undefined) return
    if (at !== undefined) this.loadAround(user, at)
    else if (this.#viewer.connection.state !== 'recorded') this.loadNow(user)
  }

  /** Loads the time before the beginning of the story, at least ten minutes. */
  loadEarlier(): void {
    const { story } = this.#viewer
    if (story === undefined) return
    const last = Math.max(story.isLive ? this.#viewer.now : 0, story.timeline.moments.at(-1)?.at ?? 0)
    // The length doubles each time, so that a quiet day needs only a few steps.
    const from = this.#from - Math.max(SPAN, Math.min(LONGEST / 2, last - this.#from))
    const isTooLong = last - from > LONGEST
    this.#load(story.user, { from, to: isTooLong ? from + LONGEST : story.isLive ? undefined : last }, this.#from)
  }

  #load(user: string, between: Between, at: number | undefined): void {
    const { session, hello, connection } = this.#viewer
    this.#loading?.abort()
    this.#loading = undefined
    this.problem = ''
    if (session === undefined || (hello === undefined && connection.state !== 'recorded')) return
    if (hello?.history === false) return this.#show(user, [], between, at)
    const loading = new AbortController()
    this.#loading = loading
    rest(loading.signal)
      .then(() => pastOf(session, user, between, loading.signal))
      .then(({ frames, end }) => {
        if (this.#loading !== loading) return
        this.problem = end?.problem ?? ''
        this.#loading = undefined
        this.#show(user, frames, end?.complete === false ? { ...between, to: end.next ?? 0 } : between, at)
      })
      .catch((error: unknown) => {
        if (this.#loading !== loading) return
        this.#loading = undefined
        if (error instanceof NotSignedIn) return this.#viewer.signOut('Your session has ended. Please sign in again.')
        this.problem = error instanceof Refused ? error.message : 'the past could not be read'
        this.#show(user, [], { from: between.from, to: undefined }, undefined)
      })
    this.#viewer.changes.tell()
  }

  #show(user: string, frames: readonly InspectionFrame[], { from, to }: Between, at: number | undefined): void {
    this.#from = from
    const story = new Story(user, to === undefined && this.#viewer.connection.state !== 'recorded')
    const known = this.#viewer.story
    for (const frame of frames) story.hear(frame)
    if (story.isLive) {
      const last = story.timeline.moments.at(-1)?.position ?? 0
      if (frames.length === 0 && known?.user === user && known.isLive) return this.#viewer.retell(known, at)
      for (const frame of this.#recent) if ((frame.mrdian.position ?? 0) > last) story.hear(frame)
      this.#addPresent(story)
    }
    this.#viewer.retell(story, at)
  }

  /** If there is no past, the story begins with the present states of the actors. */
  #addPresent(story: Story): void {
    if (story.timeline.moments.length > 0) return
    const { roster, now } = this.#viewer
    const aggregate = `user/${story.user}`
    const actors = [...(roster.person(story.user)?.actors.values() ?? [])].map(
      ({ session, facts, machine, state }) => ({
        sessionId: session,
        facts,
        ...(machine === undefined ? {} : { machine }),
        snapshot: { status: 'active', value: state } as const,
      }),
    )
    story.replace({ type: '@mrdian.actors', aggregate, at: now, sequence: 0, actors })
  }
}
