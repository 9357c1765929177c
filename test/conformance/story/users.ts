/** The expected values of one user: extension, state, reason, and the time of the last state change. */
import type { Side } from '../../../machines/wire.ts'
import type { ReasonFacts } from '../expected/reason.ts'
import { expectedUser } from '../expected/user.ts'
import type { Tree } from '../tree.ts'
import { type Asked, AskedOf } from './asked.ts'
import type { UserLine } from './line.ts'
import { Since } from './since.ts'
import type { Entries, Moments } from './sources.ts'

type ShownUser = Omit<UserLine, 'kind' | 'requestId'>

export class UserStory {
  readonly #directory: Entries
  readonly #user: Entries['users'][number]
  readonly #asked = new AskedOf()
  readonly #since: Since
  #told: ShownUser | undefined
  #failedOverAt = Number.NEGATIVE_INFINITY

  constructor(moments: Moments, directory: Entries, user: string) {
    const found = directory.users.find(({ id }) => id === user)
    if (!found) throw new Error(`no user ${user}`)
    this.#directory = directory
    this.#since = new Since(moments, `/finesse/api/User/${user}`)
    this.#user = found
  }

  asks(at: number, side: Side, body: string): void {
    this.#asked.add(at, side, body)
  }

  /** A failover on CCX: when the state changed before it is unknown. */
  failsOver(at: number): void {
    this.#failedOverAt = at
  }

  refuses(at: number): void {
    this.#asked.refuse(at)
  }

  /**
   * A notification shows this state. Returns the time since which it holds. Another reason changes the time, another
   * mode does not (ruling 12).
   */
  enters({ state, pending, systemReason }: ShownUser, at: number): number {
    this.#told = { state, pending, systemReason }
    return this.#since.told(state, at, state === 'NOT_READY' && this.#asked.last(at, ['NOT_READY'])?.at === at)
  }

  /** The values that GET must show now: those of the last notification. If one was missed, the shown values. */
  now(shown: ShownUser): ShownUser {
    return this.#told && this.#since.isHeard ? this.#told : shown
  }

  /** The notifications that were missed up to now did not change the state. */
  stays(): void {
    this.#told = undefined
    this.#since.stays()
  }

  /** The time since which the state that GET shows now holds. */
  since(state: string): number | undefined {
    return this.#since.shown(state)
  }

  document(root: 'User' | 'user', at: number, line: ShownUser, changedAt?: number): Tree {
    const { id, loginName, firstName, lastName, roles, settings } = this.#user
    const { wrapUpOnIncoming, wrapUpOnOutgoing, wrapUpSeconds } = settings
    const { state, pending } = line
    const teams = (ids: readonly string[]) =>
      this.#directory.teams.filter((team) => ids.includes(team.id)).map((team) => ({ id: team.id, name: team.name }))
    const [team = { id: '', name: '' }] = teams([this.#user.teamId])
    const extension = state === 'LOGOUT' ? '' : (this.#asked.last(at, ['LOGIN'])?.value('extension') ?? '')
    return expectedUser(root, {
      ...{ id, loginName, firstName, lastName, roles, wrapUpOnIncoming, wrapUpOnOutgoing, wrapUpTimer: wrapUpSeconds },
      ...{ team, supervises: teams(this.#user.supervises), extension, state, pendingState: pending },
      ...{ reason: this.#reason(state, line.systemReason, at) },
      changedAt: changedAt !== undefined && changedAt <= this.#failedOverAt ? undefined : changedAt,
      mobileAgent: state === 'LOGOUT' ? undefined : this.#mobileAgent(at),
    })
  }

  /** The data of the last sign-in that had some: a repeated one without keeps them. */
  #mobileAgent(at: number): { readonly dialNumber: string; readonly mode: string } | undefined {
    const isMobile = ({ refused, value }: Asked) => !refused && value('mobileAgent/mode') !== undefined
    const value = this.#asked.last(at, ['LOGIN'], isMobile)?.value
    return value && { dialNumber: value('mobileAgent/dialNumber') ?? '', mode: value('mobileAgent/mode') ?? '' }
  }

  /** The reason that was given with this state, or the one that the system set. */
  #reason(state: string, systemReason: string, at: number): ReasonFacts | undefined {
    if (state !== 'NOT_READY' && state !== 'LOGOUT') return undefined
    if (systemReason !== '')
      return SYSTEM_REASONS.find((each) => `${each.code}` === systemReason && each.category === state)
    const id = this.#asked.last(at, ['LOGIN', state])?.value('reasonCodeId')
    return this.#directory.reasonCodes.find((reason) => reason.id === id)
  }
}

/** What `user 6.3` calls them; ids are our choice: 1001 and on, in the order of its table. */
const SYSTEM_REASONS: readonly ReasonFacts[] = [
  { id: '1002', category: 'NOT_READY', code: 999, label: 'Supervisor Initiated', forAll: true, systemCode: true },
  { id: '1003', category: 'LOGOUT', code: 999, label: 'Supervisor Initiated', forAll: true, systemCode: true },
  { id: '1019', category: 'LOGOUT', code: 50_040, label: 'Mobile Agent Call Fail', forAll: true, systemCode: true },
  {
    id: '1020',
    category: 'NOT_READY',
    code: 50_041,
    label: 'Mobile Agent Call Not Answered',
    forAll: true,
    systemCode: true,
  },
  { id: '1021', category: 'LOGOUT', code: 50_042, label: 'Mobile Agent Disconnect', forAll: true, systemCode: true },
  // Those of CCX (`user 6.4`).
  { id: '1001', category: 'LOGOUT', code: 22, label: 'Supervisor Initiated', forAll: true, systemCode: true },
  { id: '1002', category: 'NOT_READY', code: 33, label: 'Supervisor Initiated', forAll: true, systemCode: true },
  { id: '1003', category: 'LOGOUT', code: 255, label: 'Connection Failure', forAll: true, systemCode: true },
  { id: '1004', category: 'LOGOUT', code: 32_740, label: 'System Initiated Relogin', forAll: true, systemCode: true },
  { id: '1010', category: 'NOT_READY', code: 32_755, label: 'Call Ended', forAll: true, systemCode: true },
  { id: '1015', category: 'NOT_READY', code: 32_758, label: 'Work Timer Expired', forAll: true, systemCode: true },
  { id: '1011', category: 'NOT_READY', code: 32_763, label: 'Ring No Answer', forAll: true, systemCode: true },
  { id: '1013', category: 'NOT_READY', code: 32_761, label: 'Non ICD Call', forAll: true, systemCode: true },
  { id: '1014', category: 'NOT_READY', code: 32_762, label: 'Offhook', forAll: true, systemCode: true },
  { id: '1008', category: 'NOT_READY', code: 32_767, label: 'Call Not Answered', forAll: true, systemCode: true },
  { id: '1010', category: 'LOGOUT', code: 50002, label: 'System Failure', forAll: true, systemCode: true },
  { id: '1015', category: 'NOT_READY', code: 50006, label: 'Offhook', forAll: true, systemCode: true },
  { id: '1011', category: 'NOT_READY', code: 50002, label: 'Connection Failure', forAll: true, systemCode: true },
]
