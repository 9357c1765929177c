/** The state of the page, and all actions on it. */

import { NotSignedIn, Refused, Session } from '../../../../pages/browser/session.ts'
import type { Frame, HelloFrame, StepFrame, StepRequest } from '../../../protocol.ts'
import { type Connection, FrameStream } from '../net/stream.ts'
import { Changes } from './changes.ts'
import type { Place } from './link.ts'
import type { Moment } from './moment.ts'
import { Names } from './names.ts'
import { liveliest } from './opening.ts'
import { PastLoader } from './past.ts'
import { PastList } from './past-list.ts'
import { isInspection } from './read.ts'
import { Roster } from './roster.ts'
import { Seeker } from './seeking.ts'
import { Story } from './story.ts'

/** The path for tickets of the inspector. All paths are relative to the page, which may be below any prefix. */
export const TICKETS = 'tickets'

export type SignIn = { readonly state: 'out' | 'trying' | 'in'; readonly problem: string }
export type View = 'lanes' | 'chart' | 'charts' | 'messages'
export type Panel = 'step' | 'context' | 'why'

export class Viewer {
  readonly changes = new Changes()
  readonly roster = new Roster()
  readonly names = new Names()
  signIn: SignIn = { state: 'out', problem: '' }
  connection: Connection = { state: 'ended' }
  hello: HelloFrame | undefined
  /** The last step of a simulation that runs step by step. */
  step: StepFrame | undefined
  /** True when all present actors were received. */
  isReady = false
  /** Total number of frames that the server dropped. */
  dropped = 0
  place: Place = { user: undefined, at: undefined, mrd: undefined }
  story: Story | undefined
  /** Index of the moment that is shown; `undefined` shows the present. */
  cursor: number | undefined
  /** Session id of the chosen actor. */
  actor: string | undefined
  view: View = 'lanes'
  panel: Panel = 'step'
  /** True shows only the stage, without the list and the details. */
  isWide = false
  /** Last known time of the engine in milliseconds since 1970 UTC. */
  now = 0
  readonly past: PastLoader
  readonly seeker: Seeker
  readonly pastList: PastList
  session: Session | undefined
  #stream: FrameStream | undefined

  constructor() {
    this.past = new PastLoader(this)
    this.seeker = new Seeker(this)
    this.pastList = new PastList(this)
    this.changes.listen(() => this.pastList.follow())
  }

  async signInWith(begin: () => Promise<Session>): Promise<void> {
    this.signIn = { state: 'trying', problem: '' }
    this.changes.tell()
    try {
      this.#begin(await begin())
    } catch (error) {
      this.signOut(problemOf(error))
    }
  }

  signInAs(user: string, password: string): Promise<void> {
    return this.signInWith(() => Session.begin(TICKETS, user, password))
  }

  /** Goes on with the sign-in of this browser, if somebody is signed in. */
  async resume(): Promise<void> {
    const session = await Session.resume(TICKETS)
    if (session === undefined) return
    if (this.signIn.state === 'out') this.#begin(session)
    else session.end()
  }

  /** Signs out and forgets all data. With a `problem` the page only asks again: it is not the user who leaves. */
  signOut(problem = ''): void {
    this.#stream?.end()
    this.#stream = undefined
    this.session?.end()
    if (problem === '') void this.session?.signOut().catch(() => undefined)
    this.session = undefined
    this.signIn = { state: 'out', problem }
    this.roster.clear()
    this.names.forget()
    this.story = undefined
    this.past.cancel()
    this.cursor = undefined
    this.isReady = false
    this.changes.tell()
  }

  /** Shows a user, now or at a moment. */
  go(place: Place): void {
    const isOther = place.user !== this.place.user
    this.seeker.cancel()
    this.place = place
    if (isOther) {
      this.story = undefined
      this.cursor = undefined
      this.actor = undefined
    }
    if (place.user !== undefined && this.session !== undefined) {
      this.#focus()
      this.names.load(this.session, place.user, () => this.#named())
      if (place.at === undefined) {
        if (isOther || !this.story?.isLive) this.past.loadNow(place.user)
        this.cursor = undefined
      } else if (!this.#show(place.at)) this.past.loadAround(place.user, place.at)
    }
    if (isOther || this.actor === undefined) this.actor = this.#actorOf(place)
    this.changes.tell()
  }

  /** Connects now instead of after the pause. */
  reconnect(): void {
    this.#stream?.open()
  }

  simulate(action: StepRequest['action']): void {
    this.#stream?.say({ type: '@mrdian.step', action })
  }

  choose(actor: string): void {
    this.actor = actor
    const mrd = this.story?.timeline.tracks.get(actor)?.facts.mrd
    this.place = { ...this.place, mrd }
    this.changes.tell()
  }

  set<Key extends 'view' | 'panel'>(key: Key, value: Viewer[Key]): void {
    Object.assign(this, { [key]: value })
    this.changes.tell()
  }

  widen(): void {
    this.isWide = !this.isWide
    this.changes.tell()
  }

  /** The moment that is shown: the chosen one, or the last one. */
  get moment(): Moment | undefined {
    const { story } = this
    return story === undefined ? undefined : (story.timeline.moment(this.shown) ?? story.steps.at(-1))
  }

  /** Index of the moment that is shown. */
  get shown(): number {
    return this.cursor ?? this.story?.timeline.last ?? -1
  }

  get isLive(): boolean {
    return this.cursor === undefined && (this.story?.isLive ?? true)
  }

  /** Stops at a moment. */
  stopAt(index: number): void {
    this.cursor = index
    const at = this.story?.timeline.moment(index)?.at
    this.place = { ...this.place, at }
    this.changes.tell()
  }

  pause(): void {
    const last = this.story?.steps.at(-1)
    if (last !== undefined) this.stopAt(last.index)
  }

  live(): void {
    this.go({ ...this.place, at: undefined })
  }

  /** Replaces the story. The cursor moves to the time `at`, or to the present without it. */
  retell(story: Story, at: number | undefined): void {
    if (story.user !== this.place.user) return
    this.story = story
    this.cursor = undefined
    if (at === undefined) this.place = { ...this.place, at: undefined }
    else this.#stopAtTime(story, at)
    this.actor = this.#actorOf(this.place)
    this.changes.tell()
  }

  #begin(session: Session): void {
    this.session = session
    this.signIn = { state: 'in', problem: '' }
    const stream = new FrameStream(session, {
      heard: (frame) => this.#receive(frame),
      changed: (connection) => this.#connected(connection),
      refused: () => this.signOut('Your session has ended. Please sign in again.'),
    })
    this.#stream = stream
    const { place } = this
    this.place = { user: undefined, at: undefined, mrd: undefined }
    this.go(place)
    stream.open()
  }

  #connected(connection: Connection): void {
    this.connection = connection
    if (connection.state === 'recorded') {
      this.isReady = true
      this.past.again()
    }
    this.changes.tell()
  }

  /** Moves the cursor to a time. Returns false if the story does not contain that time. */
  #show(at: number): boolean {
    const { story } = this
    const [first] = story?.timeline.moments ?? []
    if (story === undefined || first === undefined || at < Math.max(first.at, this.past.from)) return false
    if (!story.isLive && at > (story.timeline.moments.at(-1)?.at ?? 0)) return false
    this.#stopAtTime(story, at)
    return true
  }

  #stopAtTime({ timeline }: Story, at: number): void {
    this.cursor = timeline.last < 0 ? undefined : Math.max(timeline.first, timeline.indexAt(at))
    this.place = { ...this.place, at }
  }

  /** Called when the names are loaded. Without a live stream, shows the time of the last input as the present. */
  #named(): void {
    const { lastInput } = this.names
    const isWithoutMoment = this.connection.state === 'recorded' && this.place.at === undefined
    if (isWithoutMoment && lastInput !== undefined) this.go({ ...this.place, at: lastInput })
    this.changes.tell()
  }

  #focus(): void {
    const { user } = this.place
    this.#stream?.focus(user === undefined ? [] : [`user/${user}`])
  }

  #actorOf({ user, mrd }: Place): string | undefined {
    if (user === undefined) return undefined
    const known = this.actor
    if (known !== undefined && this.story?.timeline.tracks.get(known)?.facts.mrd === mrd) return known
    return mrd === undefined ? (known ?? `user/${user}`) : `user/${user}/media:${mrd}`
  }

  #receive(frame: Frame): void {
    if (isInspection(frame)) {
      this.now = Math.max(this.now, frame.mrdian.at)
      this.roster.hear(frame)
      this.past.heard(frame)
      if (this.story?.isLive) this.story.hear(frame)
    } else if (frame.type === '@mrdian.actors') {
      this.roster.replace(frame)
      if (this.story?.isLive) this.story.replace(frame)
    } else if (frame.type === '@mrdian.hello') this.#greet(frame)
    else if (frame.type === '@mrdian.names') this.names.replace(frame)
    else if (frame.type === '@mrdian.ready') this.#isComplete()
    else if (frame.type === '@mrdian.dropped') this.dropped += frame.count
    else if (frame.type === '@mrdian.step') this.step = frame
    else if (frame.type === '@mrdian.reset') this.#reset()
    this.changes.tell()
  }

  /** A new connection sends everything again. The frames in between are loaded from the journal. */
  #greet(hello: HelloFrame): void {
    const isAgain = this.hello !== undefined
    const isOther = isAgain && this.hello?.storeId !== hello.storeId
    this.hello = hello
    this.now = Math.max(isOther ? 0 : this.now, hello.now)
    this.roster.clear()
    this.isReady = false
    if (isOther) this.#reset()
    else if (this.place.user !== undefined && (this.story === undefined || (isAgain && this.story.isLive)))
      this.past.again()
  }

  /** The list is complete. If no agent was asked for, the page opens where something happens. */
  #isComplete(): void {
    this.isReady = true
    const user = this.place.user ?? liveliest(this.roster.people)
    if (user !== this.place.user) this.go({ ...this.place, user })
  }

  #reset(): void {
    this.roster.clear()
    this.past.cancel()
    const { user } = this.place
    this.cursor = undefined
    this.place = { ...this.place, at: undefined }
    this.story = user === undefined ? undefined : new Story(user, true)
  }
}

function problemOf(error: unknown): string {
  if (error instanceof NotSignedIn) {
    const text = error.message || 'name or password are wrong'
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}. An administrator of mrdian has to sign in.`
  }
  if (error instanceof Refused) return error.message
  return 'The server does not answer.'
}
