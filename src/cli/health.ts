/** `/health`: whether the server is in service. For load balancers and scripts, which need not sign in. */
import type { Side } from '../../machines/wire.ts'
import type { Engine } from '../engine/api.ts'
import type { RunningNotificationService } from '../xmpp/index.ts'

/** The phase of a server between its start and its end. */
export type Phase = 'STARTING' | 'RUNNING' | 'STOPPING'

export interface SideHealth {
  readonly status: 'IN_SERVICE' | 'OUT_OF_SERVICE'
  /** Why the side is out of service; absent in service. */
  readonly reason?: string
}

/** `status` is the status of the side that was asked. */
export interface Health extends SideHealth {
  /** Present while the server drains. It serves signed-in users; send new sign-ins elsewhere, or let them wait. */
  readonly draining?: true
  /** Both sides, if there are two. */
  readonly sides?: Readonly<Partial<Record<Side, SideHealth>>>
  /** Present while an external ACD fails. The sides are in service all the same. */
  readonly acd?: { readonly status: 'FAILING'; readonly reason: string; readonly unanswered: number }
  readonly version: string
  readonly platform: string
  /** The engine's current time. */
  readonly time: string
}

/** The sources of health. */
export interface Watched {
  readonly version: string
  phase(): Phase
  readonly engine: Engine
  readonly sides: readonly { readonly side: Side; readonly notifications: Pick<RunningNotificationService, 'online'> }[]
}

/** Health, as the ports of one side show it. */
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
