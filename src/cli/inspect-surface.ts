/** Everything below `/inspect` on an HTTP server: the inspector's requests, its stream and its pages. */
import { DEFAULT_PREFIX, type InspectorService, inspectorRoutes } from '../inspect/index.ts'
import { statelyPage } from '../inspect/stately/page.ts'
import type { WatchPage } from './http-surface.ts'

/** The pages: `viewer` contacts no other machine, `stately` adds the page that sends everything to stately.ai. */
export type InspectPages = 'viewer' | 'stately'

/** The routes and streams of the service and its pages, for an HTTP server. */
export function inspectSurface(service: InspectorService, pages: InspectPages): WatchPage {
  return {
    routes: async (app) => {
      await app.register(inspectorRoutes, { service })
      if (pages === 'stately') await app.register(statelyPage, { prefix: DEFAULT_PREFIX })
    },
    handleUpgrade: (request, socket, head) => service.handleUpgrade(request, socket, head),
  }
}
