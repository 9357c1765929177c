/** The aggregate of a side: it runs `machines/side.ts` and publishes the state as SystemInfo (`notifications 8.12`). */
import type { SnapshotFrom } from 'xstate'
import { type Dependency, sideMachine } from '../../../../machines/index.ts'
import type { SideEffect } from '../../../../machines/side.ts'
import type { Side } from '../../../../machines/wire.ts'
import type { Platform } from '../../../directory/model.ts'
import type { FaultInput } from '../../api.ts'
import type { Input } from '../../input.ts'
import type { TreeProbe } from '../../inspection/probe.ts'
import type { Inspectable } from '../../inspection/recording.ts'
import type { Output } from '../../output.ts'
import type { Json } from '../../ports.ts'
import type { SystemInfoValue } from '../../values.ts'
import { actorTree } from '../actor-tree.ts'
import type { Behaviour } from '../behaviour.ts'

const REASONS: Readonly<Record<Dependency, string>> = {
  'acd-link': 'The link to the ACD is down',
  'peripheral-gateway': 'Both peripheral gateways are down',
  'notification-service': 'The notification service is not connected',
  side: 'The side is lost',
}

const isSideEffect = (emitted: { readonly type: string }): emitted is SideEffect => emitted.type === 'side.changed'

export class SideBehaviour implements Behaviour {
  readonly finished = false
  readonly #side: Side
  #platform: Platform
  readonly #tree
  #faults: readonly FaultInput[]
  /** Time of the ACD's last heartbeat (ms since 1970 UTC), for a side that is cut off from the ACD. */
  #lastHeard: number | undefined
  /** When the drain began (ms since 1970 UTC); `undefined` if there is none. */
  #drainingSince: number | undefined

  constructor(side: Side, state?: Json, probe?: TreeProbe) {
    this.#side = side
    const stored = state === undefined ? undefined : readState(state)
    this.#platform = stored?.platform ?? 'CCE'
    this.#faults = stored?.faults ?? []
    this.#lastHeard = stored?.lastHeard
    this.#drainingSince = stored?.drainingSince
    this.#tree = actorTree(sideMachine, `side:${side}`, undefined, isSideEffect, stored?.tree, probe)
  }

  get inspected(): Inspectable {
    return { kind: 'tree', root: this.#tree.actor }
  }

  get snapshot(): SnapshotFrom<typeof sideMachine> {
    return this.#tree.actor.getSnapshot()
  }

  get platform(): Platform {
    return this.#platform
  }

  /** Simulated failures in force, oldest first. */
  get faults(): readonly FaultInput[] {
    return this.#faults
  }

  /** When the current drain began (ms since 1970 UTC). Clients do not see a drain: the side stays in service. */
  get drainingSince(): number | undefined {
    return this.#drainingSince
  }

  get isDraining(): boolean {
    return this.#drainingSince !== undefined
  }

  /** Without a connection to the ACD. The side accepts no requests and publishes only SystemInfo (ruling 29). */
  get isCutOff(): boolean {
    return this.isMissing('acd-link') || this.isMissing('peripheral-gateway') || this.isLost
  }

  /** The whole side is lost. No client is connected, and notifications of that time are dropped, not sent later. */
  get isLost(): boolean {
    return this.isMissing('side')
  }

  /** The dependencies that the side has lost. */
  get missing(): readonly Dependency[] {
    return this.snapshot.context.missing
  }

  isMissing(dependency: Dependency): boolean {
    return this.missing.includes(dependency)
  }

  /** SystemInfo as of `now` (ms). */
  value(now: number): SystemInfoValue {
    const { context, value } = this.snapshot
    const linked = !this.isCutOff
    return {
      kind: 'systemInfo',
      side: this.#side,
      status: value === 'IN_SERVICE' ? 'IN_SERVICE' : 'OUT_OF_SERVICE',
      statusReason: context.missing.map((dependency) => REASONS[dependency]).join('; '),
      platform: this.#platform,
      currentTime: now,
      lastCtiHeartbeatStatus: linked ? 'success' : 'failure',
      lastCtiHeartbeatTime: this.#lastHeard ?? now,
    }
  }

  step(input: Input, at: number): readonly Output[] {
    if (input.kind === 'configuredSide') {
      this.#platform = input.platform
      return []
    }
    if (input.kind === 'fault') {
      const { fault } = input
      const others = this.#faults.filter((each) => each.type !== fault.type)
      this.#faults = fault.up ? others : [...others, fault]
      return []
    }
    if (input.kind === 'draining') {
      this.#drainingSince = input.on ? (this.#drainingSince ?? at) : undefined
      return []
    }
    if (input.kind !== 'side') throw new Error(`a side takes no ${input.kind}`)
    const changes = this.#tree.send({ type: input.change, dependency: input.dependency, at })
    if (!this.isCutOff) this.#lastHeard = undefined
    else if (input.wasHeard) this.#lastHeard ??= at
    if (changes.length === 0) return []
    const node = '/finesse/api/SystemInfo'
    const notification = {
      node,
      event: 'PUT',
      source: node,
      shape: 'item',
      requestId: '',
      value: this.value(at),
    } as const
    return [{ type: 'publish', notification }]
  }

  persist(): Json {
    const faults: Json = JSON.parse(JSON.stringify(this.#faults))
    return {
      platform: this.#platform,
      faults,
      tree: this.#tree.persist(),
      ...(this.#lastHeard === undefined ? {} : { lastHeard: this.#lastHeard }),
      ...(this.#drainingSince === undefined ? {} : { drain: { since: this.#drainingSince } }),
    }
  }
}

interface StoredSide {
  readonly platform: Platform
  readonly faults: readonly FaultInput[]
  readonly lastHeard: number | undefined
  readonly drainingSince: number | undefined
  readonly tree: Json
}

function readState(state: Json): StoredSide {
  if (typeof state === 'object' && state !== null && 'platform' in state && 'faults' in state && 'tree' in state) {
    const { platform, faults, lastHeard, tree, drain } = state
    const drainingSince = drain === undefined ? undefined : sinceOf(drain)
    const isTime = lastHeard === undefined || typeof lastHeard === 'number'
    if (isPlatform(platform) && isFaults(faults) && isTime && tree !== undefined)
      return { platform, faults, lastHeard, drainingSince, tree }
  }
  throw new Error('snapshot of a side cannot be read')
}

const isPlatform = (value: unknown): value is Platform => value === 'CCE' || value === 'CCX'

const isFaults = (value: unknown): value is readonly FaultInput[] => Array.isArray(value)

function sinceOf(drain: Json): number {
  if (typeof drain === 'object' && drain !== null && 'since' in drain && typeof drain.since === 'number')
    return drain.since
  throw new Error('snapshot of a side cannot be read')
}
