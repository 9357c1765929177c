/** All aggregates of one engine, by id: `user/1001`, `call/16777217`, `queue/5001`, `voice-queue/701`, `campaign/spring`, `side/A`. */

import type { Side } from '../../../machines/wire.ts'
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import type { TreeProbe } from '../inspection/probe.ts'
import type { SnapshotRow } from '../ports.ts'
import { PLAIN, type RuleBook } from '../rules/rule-book.ts'
import { Aggregate } from './aggregate.ts'
import type { Behaviour } from './behaviour.ts'
import { CallBehaviour } from './call/behaviour.ts'
import { CampaignBehaviour } from './campaign/behaviour.ts'
import { NETWORK, NetworkBehaviour } from './network/behaviour.ts'
import { QueueBehaviour } from './queue/behaviour.ts'
import { SideBehaviour } from './side/behaviour.ts'
import { UserBehaviour } from './user/behaviour.ts'
import { VoiceQueueBehaviour } from './voice-queue/behaviour.ts'

const isSide = (name: string): name is Side => name === 'A' || name === 'B'

function partsOf(id: string): readonly [kind: string, name: string] {
  const slash = id.indexOf('/')
  return [id.slice(0, slash), id.slice(slash + 1)]
}

interface AggregatesOptions {
  readonly isThrowaway?: boolean
  readonly probe?: TreeProbe | undefined
  readonly rules?: RuleBook | undefined
}

export class Aggregates {
  readonly #all = new Map<string, Aggregate>()
  /** The aggregates of each kind, by name, so that a look at one kind does not pass through all others. */
  readonly #byKind = new Map<string, Map<string, Aggregate>>()
  readonly #isThrowaway: boolean
  readonly #probe: TreeProbe | undefined
  /** The rules of the user machines. */
  readonly rules: RuleBook

  /**
   * `isThrowaway`: see `Aggregate`. `probe`: receives the inspection events of the actor trees. `rules`: the guards of
   * the machines in `machines/`, unless given.
   */
  constructor({ isThrowaway = false, probe, rules = PLAIN }: AggregatesOptions = {}) {
    this.#isThrowaway = isThrowaway
    this.#probe = probe
    this.rules = rules
  }

  get size(): number {
    return this.#all.size
  }

  /** The ids. The iteration includes aggregates that are added while it runs. */
  names(): Iterable<string> {
    return this.#all.keys()
  }

  values(): Iterable<Aggregate> {
    return this.#all.values()
  }

  get(id: string): Aggregate | undefined {
    return this.#all.get(id)
  }

  /** The aggregate with this id. Creates it if necessary. Throws `InvalidArgument` for an id of an unknown kind. */
  open(id: string, snapshot?: SnapshotRow): Aggregate {
    const known = this.#all.get(id)
    if (known) return known
    const made = this.#make(id, snapshot)
    this.putBack(made)
    return made
  }

  /** Adds an aggregate that was forgotten. */
  putBack(aggregate: Aggregate): void {
    this.#all.set(aggregate.id, aggregate)
    const [kind, name] = partsOf(aggregate.id)
    const siblings = this.#byKind.get(kind) ?? new Map<string, Aggregate>()
    this.#byKind.set(kind, siblings.set(name, aggregate))
  }

  forget(id: string): void {
    this.#all.delete(id)
    const [kind, name] = partsOf(id)
    this.#byKind.get(kind)?.delete(name)
  }

  /** A user of the directory. */
  user(id: string): UserBehaviour | undefined {
    const known = this.pastOrPresentUser(id)
    return known?.isRemoved ? undefined : known
  }

  /** A user of this directory or of an earlier one. */
  pastOrPresentUser(id: string): UserBehaviour | undefined {
    const { behaviour } = this.#all.get(`user/${id}`) ?? {}
    return behaviour instanceof UserBehaviour && behaviour.isConfigured ? behaviour : undefined
  }

  /** Ids of the users of the directory. */
  users(): readonly string[] {
    return this.#names('user').filter((id) => this.user(id))
  }

  /** True if there is a user of this directory or of an earlier one. */
  get hasHadUsers(): boolean {
    return this.#names('user').some((id) => this.pastOrPresentUser(id))
  }

  /** Users of earlier directories. */
  pastUsers(): readonly (readonly [id: string, user: UserBehaviour])[] {
    return this.#names('user').flatMap((id) => {
      const user = this.pastOrPresentUser(id)
      return user?.isRemoved ? [[id, user] as const] : []
    })
  }

  call(id: string): CallBehaviour | undefined {
    const { behaviour } = this.#all.get(`call/${id}`) ?? {}
    return behaviour instanceof CallBehaviour ? behaviour : undefined
  }

  calls(): readonly CallBehaviour[] {
    return this.#of('call').flatMap(({ behaviour }) => (behaviour instanceof CallBehaviour ? [behaviour] : []))
  }

  queue(mrd: string): QueueBehaviour | undefined {
    const { behaviour } = this.#all.get(`queue/${mrd}`) ?? {}
    return behaviour instanceof QueueBehaviour ? behaviour : undefined
  }

  queues(): readonly QueueBehaviour[] {
    return this.#of('queue').flatMap(({ behaviour }) => (behaviour instanceof QueueBehaviour ? [behaviour] : []))
  }

  voiceQueue(id: string): VoiceQueueBehaviour | undefined {
    const { behaviour } = this.#all.get(`voice-queue/${id}`) ?? {}
    return behaviour instanceof VoiceQueueBehaviour ? behaviour : undefined
  }

  /** The queues of calls. */
  voiceQueues(): readonly VoiceQueueBehaviour[] {
    return this.#of('voice-queue').flatMap(({ behaviour }) =>
      behaviour instanceof VoiceQueueBehaviour ? [behaviour] : [],
    )
  }

  campaign(id: string): CampaignBehaviour | undefined {
    const { behaviour } = this.#all.get(`campaign/${id}`) ?? {}
    return behaviour instanceof CampaignBehaviour && behaviour.setup ? behaviour : undefined
  }

  /** In the order in which they were made. */
  campaigns(): readonly CampaignBehaviour[] {
    return this.#of('campaign').flatMap(({ behaviour }) =>
      behaviour instanceof CampaignBehaviour && behaviour.setup ? [behaviour] : [],
    )
  }

  /** The network outside; `undefined` as long as nothing was said about it. */
  get network(): NetworkBehaviour | undefined {
    const { behaviour } = this.#all.get(NETWORK) ?? {}
    return behaviour instanceof NetworkBehaviour ? behaviour : undefined
  }

  side(side: Side): SideBehaviour | undefined {
    const { behaviour } = this.#all.get(`side/${side}`) ?? {}
    return behaviour instanceof SideBehaviour ? behaviour : undefined
  }

  /** In the order in which they were made. */
  #of(kind: string): readonly Aggregate[] {
    return [...(this.#byKind.get(kind)?.values() ?? [])]
  }

  #names(kind: string): readonly string[] {
    return [...(this.#byKind.get(kind)?.keys() ?? [])]
  }

  #make(id: string, snapshot?: SnapshotRow): Aggregate {
    const [kind, name] = partsOf(id)
    const probe = this.#probe
    const make = <B extends Behaviour>(factory: (state?: SnapshotRow['state']) => B) =>
      new Aggregate<Behaviour>(id, kind, factory, {
        isThrowaway: this.#isThrowaway,
        ...(snapshot === undefined ? {} : { snapshot }),
      })
    switch (kind) {
      case 'user':
        return make((state) => new UserBehaviour(name, state, probe, this.rules))
      case 'call':
        return make((state) => new CallBehaviour(name, state, probe))
      case 'queue':
        return make((state) => new QueueBehaviour(state))
      case 'voice-queue':
        return make((state) => new VoiceQueueBehaviour(state))
      case 'campaign':
        return make((state) => new CampaignBehaviour(state))
      case 'network':
        if (id !== NETWORK) break
        return make((state) => new NetworkBehaviour(state))
      case 'side':
        if (!isSide(name)) break
        return make((state) => new SideBehaviour(name, state, probe))
    }
    throw new InvalidArgument(`no aggregate is called ${id}`)
  }
}
