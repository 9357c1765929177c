/** Sends the files of pages, with headers that restrict what a page may do. */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** A page may only run its own script and ask its own server, so markup in data can do nothing. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
]

/**
 * Additional rights of a page: a policy of trusted types named `default`, with which it lets a library of charts clear its
 * element.
 */
export interface PageRights {
  readonly emptyMarkup?: boolean
}

const policyFor = ({ emptyMarkup = false }: PageRights): string =>
  [...POLICY, `trusted-types ${emptyMarkup ? 'default' : "'none'"}`].join('; ')

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // The browser asks every time, and gets the file only if it has changed. So the page always fits the server.
  'cache-control': 'no-cache',
}

export interface Asset {
  readonly type: string
  readonly body: Buffer
  /** Changes with the content. */
  readonly etag: string
}

export function assetOf(type: string, body: Buffer): Asset {
  return { type, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
}

export function sendAsset(
  request: FastifyRequest,
  reply: FastifyReply,
  asset: Asset | undefined,
  rights: PageRights = {},
): FastifyReply {
  if (asset === undefined) {
    reply.callNotFound()
    return reply
  }
  const { type, body, etag } = asset
  reply.headers(HEADERS).header('content-security-policy', policyFor(rights)).header('etag', etag)
  if (request.headers['if-none-match'] === etag) return reply.code(304).send()
  return reply.type(type).send(body)
}
