/**
 * An async hook of Fastify that returns its reply has answered the request, as far as Fastify knows: the client would
 * wait for ever. So no short function of a hook returns what it calls on the reply.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../src', import.meta.url))
const RETURNS_REPLY = /addHook\(\s*'\w+',\s*async \([^)]*\) =>\s*reply\b/

it('no hook returns its reply', () => {
  const found = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .filter((name) => RETURNS_REPLY.test(readFileSync(join(ROOT, name), 'utf8')))
  expect(found).toEqual([])
})
