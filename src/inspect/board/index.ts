/**
 * The board shows agents and their media live, to supervisors and administrators. Its page contains no data; its stream
 * needs a sign-in.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { type Accounts, accountsOf } from '../../accounts/api.ts'
import { type Kiosks, kiosksOf } from '../../accounts/index.ts'
import { lookup } from '../../directory/index.ts'
import { type Engine, EngineUnavailable } from '../../engine/api.ts'
import { contained } from '../../engine/contained.ts'
import { idOf, loggedId } from '../../http/index.ts'
import { Gate } from '../access/gate.ts'
import { sendAsset } from '../access/page.ts'
import { AccessRefusal } from '../access/refusal.ts'
import { requireSameOrigin } from '../access/same-origin.ts'
import { addSignIn } from '../access/sign-in-routes.ts'
import { signInsOf } from '../access/sign-ins-of.ts'
import { Entrance } from '../access/upgrade.ts'
import { addActions } from './action-routes.ts'
import { ASSETS, boardAssets } from './assets.ts'
import { Feed } from './feed.ts'
import { addKiosks } from './kiosk-routes.ts'
import type { BoardAdmission } from './protocol.ts'
import { type Scope, scopeOf } from './scope.ts'

export const BOARD_PATH = '/inspect/board'
export const BOARD_STREAM = `${BOARD_PATH}/stream`

export interface BoardOptions {
  readonly engine: Engine
  readonly accounts: Accounts
  /** Host names of this server, in addition to `localhost` and addresses. */
  readonly names?: readonly string[]
  /** True if the inspector's viewer is at `/inspect/`. Then cells link to it. */
  readonly hasInspector?: boolean
  /** Supervisors may act on the board, and write messages. Default: true. False for an engine that only follows another. */
  readonly acts?: boolean
  /** True if the engine's time does not advance by itself. */
  readonly timeStandsStill?: boolean
  /** Called with unexpected errors. */
  readonly failed?: (error: unknown) => void
}

export interface Board {
  /** Register it at the root, because it contains its path. */
  readonly routes: FastifyPluginAsync
  /** Handles an upgrade for the board's stream. Returns false for others, and leaves them untouched. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Number of pages that are connected. */
  readonly viewers: number
  /** Ends all streams, because the server stops. */
  close(): void
}

/** Most pages that are connected at once. */
const VIEWERS_MOST = 200
/** Milliseconds. */
const GATHER_MS = 150
const BEAT_MS = 10_000
/** Bytes. A page sends no messages. */
const MAX_MESSAGE = 1024

const CHALLENGE = 'Basic realm="mrdian board", charset="UTF-8"'

export function createBoard(options: BoardOptions): Board {
  const { engine, accounts, names = [], hasInspector = false, acts = true, timeStandsStill = false } = options
  const failed = (error: unknown) => contained(() => options.failed?.(error))
  const kiosks = kiosksOf(engine)
  const gate = new Gate<Scope>({
    accounts: accountsOf(accounts, engine, failed),
    signIns: signInsOf(engine),
    kiosks,
    grantOf: (visitor) => scopeOf(visitor, engine.get.directory()),
    wanted: 'a supervisor or an administrator',
    idOf: (name) => lookup(engine.get.directory()).userByName(name)?.id ?? name,
  })
  const feed = new Feed({ engine, acts, hasInspector, timeStandsStill, gatherMs: GATHER_MS, beatMs: BEAT_MS, failed })
  const entrance = new Entrance({
    path: BOARD_STREAM,
    gate,
    names,
    maxMessage: MAX_MESSAGE,
    query: () => undefined,
    full: () => (feed.viewers < VIEWERS_MOST ? undefined : `${VIEWERS_MOST} pages show the board already`),
    connected: (socket, { visitor, grant }) => feed.add(socket, visitor, grant),
    failed,
  })
  // A reset replaces all state, so everybody has to sign in again.
  const stops = [engine.on('reset', () => gate.forgetAll()), engine.on('directory', () => gate.forgetGone())]
  return {
    routes: async (app) => serve(app, { engine: acts ? engine : undefined, gate, kiosks, names }),
    handleUpgrade: (request, socket, head) => entrance.handleUpgrade(request, socket, head),
    get viewers() {
      return feed.viewers
    },
    close: () => {
      for (const stop of stops) stop()
      gate.close()
      feed.close()
      entrance.close()
    },
  }
}

interface Served {
  /** The engine to act on. `undefined`: nobody may. */
  readonly engine: Engine | undefined
  readonly gate: Gate<Scope>
  readonly kiosks: Kiosks
  readonly names: readonly string[]
}

/** The refusal for an error that the caller caused, or that passes. */
function refusalOf(error: unknown): AccessRefusal | undefined {
  if (error instanceof AccessRefusal) return error
  if (error instanceof EngineUnavailable) return new AccessRefusal('UNAVAILABLE', '', error.message)
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined
  return new AccessRefusal('MALFORMED_REQUEST', '', 'the request is not well-formed')
}

function serve(app: FastifyInstance, { engine, gate, kiosks, names }: Served): void {
  app.register(
    async (scope) => {
      scope.setErrorHandler((error, request, reply) => {
        const known = refusalOf(error)
        if (!known) request.log.error({ err: error, ...loggedId(request) }, 'request failed')
        const refusal =
          known ?? new AccessRefusal('INTERNAL_ERROR', '', 'something went wrong here; the log of the server has more')
        // A page shows its own form. With this header the browser would show a dialog in addition.
        if (refusal.code === 'UNAUTHENTICATED' && request.headers.origin === undefined)
          reply.header('www-authenticate', CHALLENGE)
        return reply.code(refusal.status).header('cache-control', 'no-store').send(refusal.body)
      })
      scope.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', idOf(request)))
      for (const name of ASSETS)
        scope.get(`/${name}`, async (request, reply) => sendAsset(request, reply, (await boardAssets()).get(name)))
      scope.register(async (own) => {
        own.addHook('onRequest', async ({ headers }) => requireSameOrigin(headers, names))
        addSignIn(own, gate, ({ admission, grant }): BoardAdmission => ({ ...admission, viewer: grant.viewer }))
        addKiosks(own, gate, kiosks)
        if (engine) addActions(own, gate, engine)
      })
      scope.get('/stream', async () => {
        throw new AccessRefusal('MALFORMED_REQUEST', 'Upgrade', 'this is a WebSocket; the page is at /inspect/board')
      })
    },
    { prefix: BOARD_PATH },
  )
}
