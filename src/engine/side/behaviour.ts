/** The aggregate of a side: `machines/side.ts`, published as SystemInfo (`notifications.md` 8.12). */
import type { SnapshotFrom } from 'xstate'
import { type Dependency, sideMachine } from '../../../machines/index.ts'
import type { SideEffect } from '../../../machines/side.ts'
import type { Side } from '../../../machines/wire.ts'
import type { Platform } from '../../directory/model.ts'
import { actorTree } from '../actor-tree.ts'
import type { Behaviour } from '../aggregate.ts'
import type { Input } from '../input.ts'
import type { Output } from '../output.ts'
import type { Json } from '../ports.ts'
import type { SystemInfoValue } from '../values.ts'

const REASONS: Readonly<Record<Dependency, string>> = {
  'acd-link': 'The link to the ACD is down',
  'notification-service': 'The notification service is not connected',
}

const isSideEffect = (emitted: { readonly type: string }): emitted is SideEffect => emitted.type === 'side.changed'

export class SideBehaviour implements Behaviour {
  readonly finished = false
  readonly #side: Side
  readonly #platform: Platform
  readonly #tree

  constructor(side: Side, platform: Platform, state?: Json) {
    this.#side = side
    this.#platform = platform
    this.#tree = actorTree(sideMachine, `side:${side}`, undefined, isSideEffect, state)
  }

  get snapshot(): SnapshotFrom<typeof sideMachine> {
    return this.#tree.actor.getSnapshot()
  }

  isMissing(dependency: Dependency): boolean {
    return this.snapshot.context.missing.includes(dependency)
  }

  /** SystemInfo as of `now` (ms). */
  value(now: number): SystemInfoValue {
    const { context, value } = this.snapshot
    const linked = !context.missing.includes('acd-link')
    return {
      kind: 'systemInfo',
      side: this.#side,
      status: value === 'IN_SERVICE' ? 'IN_SERVICE' : 'OUT_OF_SERVICE',
      statusReason: context.missing.map((dependency) => REASONS[dependency]).join('; '),
      platform: this.#platform,
      currentTime: now,
      lastCtiHeartbeatStatus: linked ? 'success' : 'failure',
      lastCtiHeartbeatTime: now,
    }
  }

  step(input: Input, at: number): readonly Output[] {
    if (input.kind !== 'side') throw new Error(`a side takes no ${input.kind}`)
    const changes = this.#tree.send({ type: input.change, dependency: input.dependency, at })
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
    return this.#tree.persist()
  }
}
