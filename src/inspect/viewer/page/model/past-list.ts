/** The list of all agents while the page shows the past: their states at the moment that is shown. */
import { rest } from '../net/rest.ts'
import { statesAt } from '../net/states.ts'
import { Roster } from './roster.ts'
import type { Viewer } from './viewer.ts'

/** Shortest time between two drawings of a list that is being read, in milliseconds. */
const PACE = 250

export class PastList {
  readonly #viewer: Viewer
  #reading: AbortController | undefined
  roster = new Roster()
  /** The time of the list in milliseconds since 1970 UTC; `undefined`: the list shows the present. */
  at: number | undefined
  /** Why the list is not complete, as a text for people. */
  problem = ''

  constructor(viewer: Viewer) {
    this.#viewer = viewer
  }

  get isReading(): boolean {
    return this.#reading !== undefined
  }

  /** Shows the time that the page shows now. */
  follow(): void {
    const { isLive, place, moment, session, hello } = this.#viewer
    const at = isLive || session === undefined || hello?.history === false ? undefined : (place.at ?? moment?.at)
    if (at === this.at) return
    this.at = at
    this.problem = ''
    this.roster = new Roster()
    this.#reading?.abort()
    this.#reading = undefined
    if (at === undefined || session === undefined) return this.#viewer.changes.tell()
    const reading = new AbortController()
    this.#reading = reading
    const { roster } = this
    let drawnAt = performance.now()
    rest(reading.signal)
      .then(() =>
        statesAt(session, at, reading.signal, (frames) => {
          for (const frame of frames)
            if (frame.type === '@mrdian.actors') roster.replace(frame)
            else if (frame.type === '@mrdian.end') this.problem = frame.problem ?? ''
          if (performance.now() - drawnAt < PACE) return
          drawnAt = performance.now()
          this.#viewer.changes.tell()
        }),
      )
      .catch((error: unknown) => {
        if (this.#reading === reading) this.problem = error instanceof Error ? error.message : String(error)
      })
      .finally(() => {
        if (this.#reading !== reading) return
        this.#reading = undefined
        this.#viewer.changes.tell()
      })
    this.#viewer.changes.tell()
  }
}
