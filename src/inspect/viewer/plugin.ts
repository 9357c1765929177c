/**
 * The offline viewer as a Fastify plugin: a page with nothing in it. It is served without sign-in; what it shows comes
 * from the inspector's stream, and that needs an administrator.
 */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { type Asset, viewerAssets } from './assets.ts'

/** The page runs its own scripts and asks its own server, and nothing else. Markup in data can do nothing. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types mrdian',
].join('; ')

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Asked every time, and sent only when it has changed: the page is always that of the server.
  'cache-control': 'no-cache',
}

function send(request: FastifyRequest, reply: FastifyReply, { type, body, etag }: Asset): FastifyReply {
  reply.headers(HEADERS).header('etag', etag)
  if (request.headers['if-none-match'] === etag) return reply.code(304).send()
  return reply.type(type).send(body)
}

/** `app.register(viewerPage, { prefix: '/inspect' })` serves the page and its parts. */
export const viewerPage: FastifyPluginAsync = async (app) => {
  app.get('/', { prefixTrailingSlash: 'no-slash' }, async (_request, reply) => reply.redirect(`${app.prefix}/`, 308))
  for (const name of ['', 'viewer.css', 'viewer.js', 'layout-worker.js', 'icon.svg'])
    app.get(`/${name}`, { prefixTrailingSlash: 'slash' }, async (request, reply) => {
      const asset = (await viewerAssets())[name]
      return asset === undefined ? reply.callNotFound() : send(request, reply, asset)
    })
}
