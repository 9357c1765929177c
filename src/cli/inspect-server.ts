/** A small HTTP server on loopback that serves only the inspector, and perhaps the board, for commands that show them. */
import { pino } from 'pino'
import type { InspectorService, ViewerLink } from '../inspect/index.ts'
import { Connections, connectionGuard } from '../sockets/index.ts'
import { createHttpServer } from './http-server.ts'
import type { WatchPage } from './http-surface.ts'
import { type InspectPages, inspectSurface } from './inspect-surface.ts'
import { StartFailure } from './start-failure.ts'

export interface InspectServer {
  readonly port: number
  /** A link to a page. The first browser that opens it within ten minutes is signed in. */
  link(place: Omit<ViewerLink, 'ticket'>): string
  close(): Promise<void>
}

const HOST = '127.0.0.1'

/**
 * Starts the server. `port` 0 takes a free port. `board` is served too; the caller closes it.
 *
 * @throws StartFailure if the port is taken
 */
export async function startInspectServer(
  service: InspectorService,
  pages: InspectPages,
  port: number,
  board?: WatchPage,
): Promise<InspectServer> {
  const surfaces = [inspectSurface(service, pages), ...(board ? [board] : [])]
  const routes: WatchPage['routes'] = async (app) => {
    for (const surface of surfaces) await app.register(surface.routes)
  }
  const connections = new Connections({ guard: connectionGuard(), surface: 'inspector' })
  const http = await createHttpServer(routes, undefined, connections, pino({ level: 'silent' }))
  http.server.on('upgrade', (request, socket, head) => {
    if (surfaces.some((surface) => surface.handleUpgrade(request, socket, head))) return
    socket.destroy()
  })
  await http.listen({ host: HOST, port }).catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    const why = code === 'EADDRINUSE' ? 'is taken' : `cannot be opened (${code})`
    throw new StartFailure(`port ${port} on ${HOST} ${why}; use another one: --port PORT (0 takes a free one)`, {
      cause,
    })
  })
  const address = http.server.address()
  const opened = typeof address === 'object' && address !== null ? address.port : port
  return {
    port: opened,
    link: (place) => {
      const query = new URLSearchParams(Object.entries(place)).toString().replaceAll('%3A', ':')
      const path = pages === 'stately' ? 'stately' : ''
      return `http://${HOST}:${opened}/inspect/${path}${query === '' ? '' : `?${query}`}#ticket=${service.link()}`
    },
    close: async () => {
      await service.close()
      connections.close()
      await http.close()
    },
  }
}
