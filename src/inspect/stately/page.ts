/**
 * A page that sends frames to the Stately Inspector, which is on another machine. It shows that inspector in a frame
 * and posts messages only to its origin. Everything else of the page comes from this server.
 */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { assetOf } from '../access/page.ts'
import { statelyScript } from './script.ts'

/** The origin of the Stately Inspector. */
export const STATELY = 'https://stately.ai'

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // The inspector's host is asked whether it is there, before anybody signs in.
  `connect-src 'self' ${STATELY}`,
  // Only the inspector may be framed. It can reach neither this page nor this server.
  `frame-src ${STATELY}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
}

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>mrdian: Stately Inspector</title>
<link rel="stylesheet" href="stately.css">
<script type="module" src="stately.js"></script>
<header>
  <strong>Agent data leaves this machine: it is shown by stately.ai.</strong>
  <span id="told" role="status">Looking for stately.ai.</span>
  <button id="again" type="button" hidden>Try again</button>
  <a href="./">Stay here: the offline viewer</a>
</header>
<form id="sign-in" hidden>
  <label>Administrator <input id="name" autocomplete="username" required></label>
  <label>Password <input id="password" type="password" autocomplete="current-password" required></label>
  <button>Send to stately.ai</button>
</form>
<main id="inspector"></main>
</html>
`

const STYLE = `:root { color-scheme: light dark; font: 15px/1.4 system-ui, sans-serif; background: Canvas; color: CanvasText }
body { margin: 0; height: 100vh; display: flex; flex-direction: column }
header, form { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; padding: .5rem 1rem; align-items: baseline }
input, button { font: inherit; padding: .3rem .6rem }
label { display: inline-flex; flex-wrap: wrap; gap: .2rem .5rem; align-items: baseline }
[hidden] { display: none }
main { flex: 1; display: flex }
iframe { flex: 1; border: 0 }
`

const ASSETS = {
  stately: assetOf('text/html; charset=utf-8', Buffer.from(PAGE)),
  'stately.js': assetOf('text/javascript; charset=utf-8', Buffer.from(statelyScript(STATELY))),
  'stately.css': assetOf('text/css; charset=utf-8', Buffer.from(STYLE)),
} as const

/** `app.register(statelyPage, { prefix: '/inspect' })` serves `/inspect/stately`. */
export const statelyPage: FastifyPluginAsync = async (app) => {
  for (const name of ['stately', 'stately.js', 'stately.css'] as const)
    app.get(`/${name}`, async (request, reply) => send(request, reply, name))
}

function send(request: FastifyRequest, reply: FastifyReply, name: keyof typeof ASSETS): FastifyReply {
  const { type, body, etag } = ASSETS[name]
  reply.headers(HEADERS).header('etag', etag)
  if (request.headers['if-none-match'] === etag) return reply.code(304).send()
  return reply.type(type).send(body)
}
