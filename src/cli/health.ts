/** `/health`: is everything up? For load balancers and scripts; nobody has to sign in. */
import type { Side } from '../../machines/wire.ts'
import type { Engine } from '../engine/api.ts'
import type { RunningNotificationService } from '../xmpp/index.ts'

/** Where a server is between its start and its end. */
export type Phase = 'STARTING' | 'RUNNING' | 'STOPPING'

/** Of one side. */
export interface SideHealth {
  readonly status: 'IN_SERVICE' | 'OUT_OF_SERVICE'
  /** Why not; absent in service. */
  readonly reason?: string
}

/** `status` is that of the side that was asked. */
export interface Health extends SideHealth {
  /** There while the server drains: whoever is signed in is served; send new sign-ins elsewhere, or let them wait. */
  readonly draining?: true
  /** Every side, where there are two. */
  readonly sides?: Readonly<Partial<Record<Side, SideHealth>>>
  /** Only while something is wrong with an ACD outside; the sides are in service all the same. */
  readonly acd?: { readonly status: 'FAILING'; readonly reason: string; readonly unanswered: number }
  readonly version: string
  readonly platform: string
  /** Current time as the engine sees it. */
  readonly time: string
}

/** What health looks at. */
export interface Watched {
  readonly version: string
  phase(): Phase
  readonly engine: Engine
  readonly sides: readonly { readonly side: Side; readonly notifications: Pick<RunningNotificationService, 'online'> }[]
}

/** As the ports of one side show it. */
export function healthOf(watched: Watched, side: Side): Health {
  const { version, engine, sides } = watched
  const { platform, currentTime } = engine.get.system(side)
  const all = Object.fromEntries(sides.map((each) => [each.side, sideHealth(watched, each.side)]))
  return {
    ...sideHealth(watched, side),
    ...(engine.get.isDraining() ? { draining: true } : {}),
    ...(sides.length > 1 ? { sides: all } : {}),
    ...acdHealth(engine),
    version,
    platform,
    time: new Date(currentTime).toISOString(),
  }
}

function acdHealth({ acdProblem, figures }: Engine): Pick<Health, 'acd'> {
  if (acdProblem === undefined) return {}
  return { acd: { status: 'FAILING', reason: acdProblem, unanswered: figures.acdRequestsUnanswered } }
}

function sideHealth({ phase, engine, sides }: Watched, side: Side): SideHealth {
  const { status, statusReason } = engine.get.system(side)
  const reasons: string[] = []
  if (phase() === 'STARTING') reasons.push('The server is starting')
  if (phase() === 'STOPPING') reasons.push('The server is stopping')
  if (status !== 'IN_SERVICE') reasons.push(statusReason)
  else if (!sides.find((each) => each.side === side)?.notifications.online)
    reasons.push('The notification service is not connected')
  return {
    status: reasons.length === 0 ? 'IN_SERVICE' : 'OUT_OF_SERVICE',
    ...(reasons.length === 0 ? {} : { reason: reasons.join('; ') }),
  }
}
