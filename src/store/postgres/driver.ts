/** One connection to a server. The package `postgres` is loaded when it is needed, because it is optional. */
import { once } from 'node:events'
import { StoreError } from '../errors.ts'
import type { Address, Host } from './address.ts'
import { dial } from './dial.ts'

export type Row = Readonly<Record<string, unknown>>
export type Parameter = string | number | null

export interface Connection {
  /** Runs one statement with parameters `$1`, `$2`, … Statements are sent without waiting for the answers before. */
  query(statement: string, parameters?: readonly Parameter[]): Promise<readonly Row[]>
  /** Runs several statements without parameters. */
  script(statements: string): Promise<void>
  /** Resolves when the connection has ended, for whatever reason. */
  readonly ended: Promise<void>
  /** Ends the connection at once. Statements without an answer reject. */
  destroy(): void
  /** Ends the connection after the answers that it waits for. */
  close(): Promise<void>
}

export interface ConnectOptions {
  /** Milliseconds until the server must have answered. */
  readonly within: number
  /** Called with the name of the part of the server that warns; see `Session.isInDoubt`. */
  readonly onWarning?: (routine: string) => void
}

/** The code of the package for a connection that has ended. Without a code it would be taken for a refusal. */
const ENDED = 'CONNECTION_ENDED'

/** Connects to one server. Rejects with the error of Node or of PostgreSQL. */
export async function connectTo(address: Address, host: Host, options: ConnectOptions): Promise<Connection> {
  const { default: postgres } = await loadPackage()
  const socket = await dial(address, host, options.within)
  const ended = once(socket, 'close').then(
    () => undefined,
    () => undefined,
  )
  let given = false
  const settings = {
    ...{ host: host.host, port: host.port, database: address.database, ssl: false },
    ...(address.user === undefined ? {} : { user: address.user }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ...{
      max: 1,
      fetch_types: false,
      prepare: true,
      idle_timeout: 0,
      max_lifetime: null,
      backoff: false,
      keep_alive: 5,
    },
    connection: { application_name: 'mrdian' },
    connect_timeout: Math.max(1, options.within / 1000),
    types: { whole: { to: 20, from: [20], parse: Number, serialize: String } },
    onnotice: ({ routine }: { readonly [field: string]: string }) => options.onWarning?.(routine ?? ''),
    /** The package would connect again by itself. A new connection may find another owner, so the store has to look. */
    socket: async () => {
      if (given) throw Object.assign(new Error('the connection has ended'), { code: ENDED })
      given = true
      return socket
    },
  }
  const sql = postgres(settings)
  return {
    query: (statement, parameters = []) => sql.unsafe<Row[]>(statement, [...parameters], { prepare: true }),
    script: async (statements) => {
      await sql.unsafe(statements).simple()
    },
    ended,
    destroy: () => {
      socket.destroy()
      sql.end({ timeout: 0 }).catch(() => undefined)
    },
    close: async () => {
      const ending = sql.end({ timeout: 2 })
      // The package reads no more. The end of the connection is only seen when what is left has been read.
      socket.resume()
      await ending
      socket.destroy()
    },
  }
}

async function loadPackage() {
  try {
    return await import('postgres')
  } catch (error) {
    const message = 'a store in PostgreSQL needs the package `postgres`; install it with `npm install postgres`'
    throw new StoreError('FAILED', message, { cause: error })
  }
}
