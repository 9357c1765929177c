/** How long one request of 64 KiB can block the server: the most expensive known requests, by each protocol. */
import { MAX_DOCUMENT, readUserRequest } from '../../src/finesse/index.ts'
import { xmlText } from '../../src/rest/body.ts'
import { defaultLimits } from '../../src/xmpp/service/limits.ts'
import { parseBody } from '../../src/xmpp/service/transports/bosh/body.ts'
import { PIECES_MAX } from '../../src/xmpp/service/transports/tcp.ts'
import { parseFrame, StreamParser } from '../../src/xmpp/service/xml/parser.ts'
import { HOSTILE } from '../finesse/hostile.ts'

/** The longest time that a request may take, in ms. */
export const LONGEST_ALLOWED = 10

const RUNS = 8
const LIMITS = defaultLimits

/** Processor time of one run in ms, which does not include other work on the machine. */
function cost(work: () => void): number {
  const repeat = () => {
    for (let run = 0; run < RUNS; run += 1) {
      try {
        work()
      } catch {
        // Most texts are refused.
      }
    }
  }
  repeat()
  const before = process.threadCpuUsage()
  repeat()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000 / RUNS
}

function stream(text: string): void {
  const parser = new StreamParser(LIMITS, {
    header: () => undefined,
    element: () => undefined,
    footer: () => undefined,
  })
  parser.write('<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams">')
  // After so many pieces the server lets other work run.
  for (const piece of text.split(/(?<=>)/).slice(0, PIECES_MAX)) parser.write(piece)
}

const BOSH_HEAD = '<body xmlns="http://jabber.org/protocol/httpbind" rid="1">'

/** What each protocol does with a text in one turn of the event loop. */
const FRONTS: Readonly<Record<string, (text: string, bytes: Buffer) => void>> = {
  'REST body': (_, bytes) => {
    readUserRequest(xmlText({ contentType: 'application/xml', bytes }), 'CCE')
  },
  'WebSocket frame': (text) => void parseFrame(text, LIMITS),
  'BOSH request': (text) => void parseBody(`${BOSH_HEAD}${text.slice(BOSH_HEAD.length + 7)}</body>`, LIMITS),
  'TCP stream': stream,
}

export interface Longest {
  readonly front: string
  readonly shape: string
  readonly ms: number
}

/** The request that takes longest, for each protocol. */
export function longestRequests(): readonly Longest[] {
  const texts = Object.entries(HOSTILE).map(([shape, make]) => ({ shape, text: make(MAX_DOCUMENT) }))
  return Object.entries(FRONTS).map(([front, work]) => {
    const all = texts.map(({ shape, text }) => {
      const bytes = Buffer.from(text).subarray(0, MAX_DOCUMENT)
      return { front, shape, ms: cost(() => work(text, bytes)) }
    })
    return all.reduce((longest, each) => (each.ms > longest.ms ? each : longest))
  })
}
