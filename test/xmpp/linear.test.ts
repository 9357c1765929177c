/**
 * How much work 64 KiB from a stranger are on each front, counted and not timed (as in `test/finesse/linear.test.ts`): no
 * shape is many times the work of as much plain text before others have their turn.
 */
import { Session } from 'node:inspector/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MAX_DOCUMENT, parseRequest } from '../../src/finesse/index.ts'
import { defaultLimits } from '../../src/xmpp/service/limits.ts'
import { parseBody } from '../../src/xmpp/service/transports/bosh/body.ts'
import { PIECES_MAX } from '../../src/xmpp/service/transports/tcp.ts'
import { parseFrame, StreamParser } from '../../src/xmpp/service/xml/parser.ts'
import { HOSTILE } from '../finesse/hostile.ts'

const COUNTED =
  /\/(?:saxes\/saxes\.js|xmlchars\/.*|src\/finesse\/[\w-]+\.ts|src\/xmpp\/service\/(?:xml|transports)\/.*)$/

/** Blocks per character. Plain text is one or two. */
const MOST = 14

const BODY = '<body xmlns="http://jabber.org/protocol/httpbind" rid="1">'

function stream(text: string): void {
  const nothing = () => undefined
  const parser = new StreamParser(defaultLimits, { header: nothing, element: nothing, footer: nothing })
  parser.write('<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams">')
  for (const piece of text.split(/(?<=>)/).slice(0, PIECES_MAX)) parser.write(piece)
}

const FRONTS: Readonly<Record<string, (text: string) => unknown>> = {
  'a REST body': (text) => parseRequest(text),
  'a WebSocket frame': (text) => parseFrame(text, defaultLimits),
  'a BOSH request': (text) => parseBody(`${BODY}${text.slice(BODY.length + 7)}</body>`, defaultLimits),
  'a TCP stream': stream,
}

const session = new Session()
beforeAll(async () => {
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
})
afterAll(async () => {
  await session.post('Profiler.stopPreciseCoverage')
  session.disconnect()
})

/** Blocks run since the last count. */
async function count(): Promise<number> {
  const { result } = await session.post('Profiler.takePreciseCoverage')
  return result
    .filter(({ url }) => COUNTED.test(url))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map((range) => range.count)))
    .reduce((sum, blocks) => sum + blocks, 0)
}

describe.each(Object.entries(FRONTS))('%s of 64 KiB', (_front, read) => {
  it('is bounded work, whatever its shape', async () => {
    const costly: string[] = []
    for (const [name, shape] of Object.entries(HOSTILE)) {
      const text = shape(MAX_DOCUMENT)
      await count()
      try {
        read(text)
      } catch {
        // Most of it is refused.
      }
      const each = (await count()) / MAX_DOCUMENT
      if (each > MOST) costly.push(`${name}: ${each.toFixed(1)}`)
    }
    expect(costly).toEqual([])
  })
})
