/** The HTTP port of a follower: the read API of Finesse, the board, health and metrics. */
import type { Logger } from 'pino'
import type { Accounts } from '../../accounts/api.ts'
import { isSameSecret } from '../../accounts/same-secret.ts'
import type { Follower } from '../../follow/index.ts'
import { createBoard } from '../../inspect/board/index.ts'
import { finesse } from '../../rest/index.ts'
import { Connections, connectionGuard } from '../../sockets/index.ts'
import type { Health } from '../health.ts'
import { createHttpServer } from '../http-server.ts'
import { addMonitoring, type Monitored } from '../monitoring.ts'
import { version } from '../version.ts'
import { followMetrics } from './metrics.ts'

export interface FollowServer {
  readonly port: number
  close(): Promise<void>
}

export interface FollowServerOptions {
  readonly host: string
  readonly port: number
  /** Who may read here: the account that watches, with its password. */
  readonly account: { readonly user: string; readonly password: string }
  readonly logger: Logger
}

/** Rejects with Node's own error if the port is taken. */
export async function startFollowServer(follower: Follower, options: FollowServerOptions): Promise<FollowServer> {
  const { engine } = follower
  const { account, logger } = options
  const accounts = onlyAccount(account)
  const board = createBoard({
    ...{ engine, accounts, acts: false },
    failed: (error) => logger.error({ err: error }, 'the board failed'),
  })
  const guard = connectionGuard()
  const connections = new Connections({ guard, surface: 'rest' })
  const monitored: Monitored = { metrics: followMetrics(follower), health: () => healthOf(follower) }
  const http = await createHttpServer(
    async (app) => {
      await app.register(finesse, { engine, accounts, cors: 'disable' })
      await app.register(board.routes)
      addMonitoring(app, { own: 'A', sides: new Map([['A', monitored]]), names: [], token: undefined })
    },
    undefined,
    connections,
    logger,
  )
  http.server.on('upgrade', (request, socket, head) => {
    if (!board.handleUpgrade(request, socket, head)) socket.destroy()
  })
  const port = await http.listen(options)
  return {
    port,
    close: async () => {
      board.close()
      connections.close()
      await http.close()
    },
  }
}

function onlyAccount({ user, password }: FollowServerOptions['account']): Accounts {
  return {
    verify: async (name, given) => {
      const isRight = isSameSecret(given, password)
      return name === user && isRight ? { id: user, kind: 'administrator' } : undefined
    },
  }
}

/** The follower is in service while the followed Finesse can be followed. */
function healthOf({ engine, status }: Follower): Health {
  const { platform, currentTime } = engine.get.system()
  const now = new Date(currentTime).toISOString()
  const about = { version: version(), platform, time: now }
  if (status.isUp) return { status: 'IN_SERVICE', ...about }
  return { status: 'OUT_OF_SERVICE', reason: 'the followed Finesse cannot be followed', ...about }
}
