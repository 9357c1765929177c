/** `/health`: is everything up? For load balancers and scripts; nobody has to sign in. */
import type { Engine } from '../engine/api.ts'
import type { RunningNotificationService } from '../xmpp/index.ts'

/** Where a server is between its start and its end. */
export type Phase = 'STARTING' | 'RUNNING' | 'STOPPING'

export interface Health {
  readonly status: 'IN_SERVICE' | 'OUT_OF_SERVICE'
  /** Why not; absent in service. */
  readonly reason?: string
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
  readonly notifications: Pick<RunningNotificationService, 'online'>
}

export function healthOf({ version, phase, engine, notifications }: Watched): Health {
  const { status, statusReason, platform, currentTime } = engine.get.system('A')
  const reasons: string[] = []
  if (phase() === 'STARTING') reasons.push('The server is starting')
  if (phase() === 'STOPPING') reasons.push('The server is stopping')
  if (status !== 'IN_SERVICE') reasons.push(statusReason)
  else if (!notifications.online) reasons.push('The notification service is not connected')
  return {
    status: reasons.length === 0 ? 'IN_SERVICE' : 'OUT_OF_SERVICE',
    ...(reasons.length === 0 ? {} : { reason: reasons.join('; ') }),
    version,
    platform,
    time: new Date(currentTime).toISOString(),
  }
}
