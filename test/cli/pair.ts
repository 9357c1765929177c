/** Two servers of this process on one store in PostgreSQL: the owner, and the standby that passes requests on to it. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'
import { onTestFinished } from 'vitest'
import { type ServerOptions, startServer } from '../../src/cli/server.ts'
import type { RunningServer } from '../../src/cli/server-options.ts'
import type { Cluster } from '../store/postgres.ts'
import { freePorts } from '../suite/free-ports.ts'

/** A log whose lines can be awaited. */
export interface Lines {
  readonly logger: Logger
  /** The first line with the text, past or future. */
  line(text: string): Promise<string>
  readonly all: readonly string[]
}

export function linesOfLog(): Lines {
  const all: string[] = []
  const waiting: { readonly text: string; readonly resolve: (line: string) => void }[] = []
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      const line = chunk.toString()
      all.push(line)
      for (const each of waiting.filter(({ text }) => line.includes(text))) each.resolve(line)
      done()
    },
  })
  const line = (text: string) => {
    const seen = all.find((each) => each.includes(text))
    return seen === undefined
      ? new Promise<string>((resolve) => waiting.push({ text, resolve }))
      : Promise.resolve(seen)
  }
  return { logger: pino({ level: 'info' }, stream), line, all }
}

export interface Waiting extends Lines {
  /** Base URLs of its ports. */
  readonly base: string
  readonly baseTls: string
  /** Resolves when it has taken over. */
  readonly started: Promise<RunningServer>
  /** Ends the waiting. */
  readonly end: () => void
}

const OFF = { httpBindPort: 'off', xmppPort: 'off', httpBindTlsPort: 'off', xmppTlsPort: 'off' } as const

/** A server in place of the owner, until the end of the test. Returns its port. */
export async function inPlaceOfOwner(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    serve(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

let databases = 0

/** The address of an empty database. */
export async function newDatabase({ primary, url }: Cluster): Promise<string> {
  databases += 1
  await primary.sql(`CREATE DATABASE pair_${databases} OWNER mrdian`)
  return url().replace(/mrdian$/, `pair_${databases}`)
}

export async function startOwner(data: string, options: ServerOptions = {}): Promise<RunningServer> {
  const owner = await startServer({ restPort: 0, restTlsPort: 0, ...OFF, data, acceptUnreplicated: true, ...options })
  onTestFinished(() => owner.close())
  return owner
}

/** Resolves when the standby waits. */
export async function startStandby(data: string, options: ServerOptions = {}): Promise<Waiting> {
  const [free = 0, freeTls = 0] = await freePorts(2)
  const { host = '127.0.0.1', restPort = free, restTlsPort = freeTls } = options
  const lines = linesOfLog()
  const end = new AbortController()
  const standby = { signal: end.signal }
  const given = { restPort, restTlsPort, ...OFF, data, acceptUnreplicated: true, standby, logger: lines.logger }
  const started = startServer({ ...given, ...options })
  onTestFinished(async () => {
    end.abort()
    await started.then(
      (server) => server.close(),
      () => undefined,
    )
  })
  await Promise.race([lines.line('"standby of'), started])
  return {
    ...lines,
    base: `http://${host}:${restPort}`,
    baseTls: `https://${host}:${restTlsPort}`,
    started,
    end: () => end.abort(),
  }
}

/** Resolves when the standby knows where the owner is. */
export const knowsOwner = ({ line }: Waiting) => line('requests are passed on to')
