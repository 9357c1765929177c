/** The expected values of one user in one MRD: settings, reason, state, and the time of the last state change. */
import type { Side } from '../../../machines/wire.ts'
import { expectedMedia, type SettingsFacts } from '../expected/media.ts'
import type { ReasonFacts } from '../expected/reason.ts'
import type { Tree } from '../tree.ts'
import { type Asked, AskedOf } from './asked.ts'
import { Since } from './since.ts'
import type { Entries, Moments } from './sources.ts'

/** The settings on a side that does not know the sign-in, and before any sign-in (`media 3.3`, 12.5): our choice. */
const UNKNOWN: SettingsFacts = { maxDialogLimit: 1, interruptAction: 'ACCEPT', dialogLogoutAction: 'CLOSE' }

const settingsOf = ({ value }: Asked): SettingsFacts => ({
  maxDialogLimit: Number(value('maxDialogLimit')),
  interruptAction: value('interruptAction') ?? '',
  dialogLogoutAction: value('dialogLogoutAction') ?? 'CLOSE',
})

interface StateAndMode {
  readonly state: string
  readonly routable: string
}

/** The values that do not depend on the side. */
interface ShownMedia extends StateAndMode {
  readonly connected: boolean
  readonly changedAt: number | undefined
}

export class MediumStory {
  readonly #directory: Entries
  readonly #user: string
  readonly #mrd: Entries['mediaRoutingDomains'][number]
  readonly #asked = new AskedOf()
  readonly #since: Since
  #told: StateAndMode | undefined

  constructor(moments: Moments, directory: Entries, user: string, mrd: string) {
    const found = directory.mediaRoutingDomains.find(({ id }) => id === mrd)
    if (!found) throw new Error(`no MRD ${mrd}`)
    this.#directory = directory
    this.#since = new Since(moments, `/finesse/api/User/${user}/Media/${mrd}`)
    this.#user = user
    this.#mrd = found
  }

  get state(): string {
    return this.#since.state
  }

  asks(at: number, side: Side, body: string): void {
    this.#asked.add(at, side, body)
  }

  refuses(at: number): void {
    this.#asked.refuse(at)
  }

  /**
   * A notification shows this state. Returns the time since which it holds. Another reason changes the time, another
   * mode does not (ruling 12).
   */
  enters(state: string, routable: string, at: number): number {
    this.#told = { state, routable }
    return this.#since.told(state, at, this.#asked.last(at, ['NOT_READY'])?.at === at)
  }

  /** State and mode that GET must show now: those of the last notification. If one was missed, the shown ones. */
  now(shown: StateAndMode): StateAndMode {
    return this.#told && this.#since.isHeard ? this.#told : shown
  }

  /** The time since which the state that GET shows now holds. */
  since(state: string): number | undefined {
    return this.#since.shown(state)
  }

  /** The complete object on a side at that time, in this state. */
  document(side: Side, at: number, shown: ShownMedia): Tree {
    const { id, name, description, interruptible } = this.#mrd
    const facts = { user: this.#user, mrd: { id, name, description }, interruptible }
    const user = this.#directory.users.find((each) => each.id === this.#user)
    if (!user?.mediaRoutingDomains.includes(id)) return expectedMedia(facts)
    const settings = this.#settings(side, at)
    const reason = this.#reason(shown.state, at)
    return expectedMedia({ ...facts, status: { ...shown, settings, reason } })
  }

  #settings(side: Side, at: number): SettingsFacts {
    const signIn = this.#signIn(side, at)
    return signIn ? settingsOf(signIn) : UNKNOWN
  }

  /** The sign-in that a side shows: its own last one, even from before a move, but not from before a sign-out. */
  #signIn(side: Side, at: number): Asked | undefined {
    // A LOGIN while signed in is refused, but its settings count (A2).
    const last = this.#asked.last(at, ['LOGIN'], () => true)
    if (this.#directory.settings.fidelity === 'lossless') return last
    const own = this.#asked.last(at, ['LOGIN'], (asked) => asked.side === side)
    const signOut = last && this.#asked.last(last.at, ['LOGOUT'])
    return own && signOut && own.at < signOut.at ? undefined : own
  }

  /** The reason that was given with this state. A sign-in and a forced sign-out have none. */
  #reason(state: string, at: number): ReasonFacts | undefined {
    if (state !== 'NOT_READY' && state !== 'LOGOUT') return undefined
    const id = this.#asked.last(at, ['LOGIN', state])?.value('reasonCodeId')
    return this.#directory.reasonCodes.find((reason) => reason.id === id)
  }
}
