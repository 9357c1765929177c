/**
 * The offline viewer as a Fastify plugin. The page contains no data and is served without sign-in. Its data comes from
 * the inspector's stream, which needs an administrator.
 */
import type { FastifyPluginAsync } from 'fastify'
import { sendAsset } from '../access/page.ts'
import { ASSETS, viewerAssets } from './assets.ts'

/** `app.register(viewerPage, { prefix: '/inspect' })` serves the page and its files. */
export const viewerPage: FastifyPluginAsync = async (app) => {
  app.get('/', { prefixTrailingSlash: 'no-slash' }, async (_request, reply) => reply.redirect(`${app.prefix}/`, 308))
  for (const name of ASSETS)
    app.get(`/${name}`, { prefixTrailingSlash: 'slash' }, async (request, reply) =>
      sendAsset(request, reply, (await viewerAssets()).get(name), { emptyMarkup: true }),
    )
}
