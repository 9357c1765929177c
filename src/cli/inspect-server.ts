/** A small HTTP server on loopback that serves only the inspector, for commands that show state machines. */
import { pino } from 'pino'
import type { InspectorService, ViewerLink } from '../inspect/index.ts'
import { Connections, connectionGuard } from '../sockets/index.ts'
import { createHttpServer } from './http-server.ts'
import { type InspectPages, inspectSurface } from './inspect-surface.ts'

export interface InspectServer {
  readonly port: number
  /** A link to a page. The first browser that opens it within ten minutes is signed in. */
  link(place: Omit<ViewerLink, 'ticket'>): string
  close(): Promise<void>
}

const HOST = '127.0.0.1'

/** Starts the server. `port` 0 takes a free port. Rejects with Node's own error if the port is taken. */
export async function startInspectServer(
  service: InspectorService,
  pages: InspectPages,
  port: number,
): Promise<InspectServer> {
  const surface = inspectSurface(service, pages)
  const connections = new Connections({ guard: connectionGuard(), surface: 'inspector' })
  const http = await createHttpServer(surface.routes, undefined, connections, pino({ level: 'silent' }))
  http.server.on('upgrade', (request, socket, head) => {
    if (surface.handleUpgrade(request, socket, head)) return
    socket.destroy()
  })
  await http.listen({ host: HOST, port })
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
