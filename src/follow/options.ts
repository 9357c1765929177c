/** What a follower is given. */
import type { Logger } from 'pino'
import type { EngineOptions } from '../engine/options.ts'
import type { Clock } from '../engine/ports.ts'
import type { Update } from './events/update.ts'
import type { Account } from './upstream/accounts.ts'
import type { FollowLimits } from './upstream/limits.ts'
import type { Fetch } from './upstream/rest.ts'

/** One side of the followed Finesse. */
export interface FollowedSide {
  /** For example `https://finesse-a.example.test:8445`. */
  readonly rest: string
  /** `xmpps://host:5223` or `wss://host:7443/ws/`; `xmpp://…` and `ws://…` where they are offered. */
  readonly xmpp: string
  /** The XMPP domain of the side: `xmppDomain` of its SystemInfo. */
  readonly domain: string
  /** The publish/subscribe service. Default: `pubsub.` and the domain. */
  readonly pubsub?: string | undefined
}

/** The accounts of the follower. Passwords, or access tokens of users with single sign-on. */
export interface FollowCredentials {
  /**
   * The account that watches: an administrator, or a supervisor of the teams. It reads everybody, and subscribes to the
   * nodes of the teams. A supervisor may read less: see the README of this folder.
   */
  readonly watch?: Account | undefined
  /**
   * Passwords of followed agents, by id. They send the commands of the agents, and read where the watching account may
   * not. No XMPP session is opened with them unless `presenceCountsAsDesktop` says so.
   */
  readonly agents?: Readonly<Record<string, string>> | undefined
}

export interface FollowOptions {
  /** One side, or two. The first one is tried first. */
  readonly sides: readonly FollowedSide[]
  readonly credentials: FollowCredentials
  /** Ids of users to follow. */
  readonly users?: readonly string[] | undefined
  /** Ids of teams whose members are followed. */
  readonly teams?: readonly string[] | undefined
  /** Ids of queues whose statistics are followed. */
  readonly queues?: readonly string[] | undefined
  /**
   * True opens one XMPP session for each agent of `credentials.agents`. Notifications of media and dialogs come at once
   * then. But Finesse takes such a session for the agent's desktop: an agent whose desktop is gone is not signed out as
   * long as the follower is connected (`notifications 9`). Default: false.
   */
  readonly presenceCountsAsDesktop?: boolean | undefined
  /** The XMPP resource. `desktop` is that of the Finesse desktop and is refused. Default: `mrdian-follow`. */
  readonly resource?: string | undefined
  /** Journal and states. Default: in memory. The follower closes it. */
  readonly store?: EngineOptions['store'] | undefined
  readonly retention?: EngineOptions['retention']
  readonly clock?: Clock | undefined
  readonly logger?: Logger | undefined
  readonly limits?: Partial<FollowLimits> | undefined
  /** Random numbers from 0 up to, but not including, 1, which spread pauses. Default: `Math.random`. */
  readonly random?: (() => number) | undefined
  /** Makes the HTTP requests. Default: `fetch`. */
  readonly fetch?: Fetch | undefined
  /** Called with every notification that could be read, with the elements that the follower does not know. */
  readonly onUpdate?: ((update: Update) => void) | undefined
}
