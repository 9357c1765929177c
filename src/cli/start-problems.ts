/** Messages for the known reasons why a server does not start. */
import { DirectoryError, RemovalsNotConfirmed } from '../directory/index.ts'
import { EngineUnavailable } from '../engine/api.ts'
import type { Store } from '../engine/ports.ts'
import { RecoveryError } from '../engine/recovery/recovery-error.ts'
import { StoreError } from '../store/index.ts'
import { isPostgresUrl } from '../store/postgres/address.ts'
import { CertificateError } from '../tls/index.ts'
import { type Port, SURFACES } from './defaults.ts'
import { shownData } from './server-data.ts'
import { type ServerOptions, wantedBy } from './server-options.ts'
import { directoryProblems, StartFailure } from './start-failure.ts'

/** A surface that the start has to open. */
interface WantedSurface {
  readonly name: string
  readonly flag: string
  readonly port: Port
  /** Its host, if it differs from the host of the others. */
  readonly host?: string
}

interface Wanted {
  readonly host: string
  readonly surfaces: readonly WantedSurface[]
  /** Kind and name of the data, and what to do to use other data. */
  readonly data: string
  readonly kind: 'data file' | 'database'
  readonly another: string
}

/** The surfaces and the data file of a start with these options. */
function wantedOf(options: ServerOptions): Wanted {
  const { host, data, ports, portsB } = wantedBy(options)
  const first = SURFACES.map(({ key, name, flag }) => ({ name, flag, port: ports[key] }))
  const second = SURFACES.flatMap(({ key, name, flag }) =>
    portsB ? [{ name: `${name} of side B`, flag: `${flag}-b`, port: portsB[key] }] : [],
  )
  const own = options.metricsListen
  const monitoring = own ? [{ ...own, name: 'health and metrics', flag: '--metrics-listen' }] : []
  const surfaces = [...first, ...second, ...monitoring]
  return { host, surfaces, ...dataOf(data) }
}

/** What messages say about the data: never the password of a database. */
function dataOf(data: string | Store): Pick<Wanted, 'data' | 'kind' | 'another'> {
  if (typeof data === 'string' && isPostgresUrl(data))
    return { data: `database ${shownData(data)}`, kind: 'database', another: '--data URL' }
  return { data: `data file ${typeof data === 'string' ? data : ''}`, kind: 'data file', another: '--data FILE' }
}

/** Turns a known error into a `StartFailure`. Any other error is a bug and is returned unchanged. */
export function explained(error: unknown, options: ServerOptions): unknown {
  const wanted = wantedOf(options)
  if (error instanceof DirectoryError) return new StartFailure(directoryProblems(error), { cause: error })
  if (error instanceof RemovalsNotConfirmed)
    return new StartFailure(
      `${wanted.data}: ${error.message} Confirm: --confirm-removals; use another ${wanted.kind}: ${wanted.another}`,
      { cause: error },
    )
  if (error instanceof StoreError)
    return new StartFailure(`${wanted.kind}: ${error.message}${dataHint(error, wanted)}`, { cause: error })
  if (error instanceof RecoveryError)
    return new StartFailure(`${wanted.data}: ${error.message}; use another one: ${wanted.another}`, {
      cause: error,
    })
  // The store refused changes, or was lost, during the start.
  if (error instanceof EngineUnavailable) return new StartFailure(error.message, { cause: error })
  if (error instanceof CertificateError) return new StartFailure(`certificate: ${error.message}`, { cause: error })
  const system = listenError(error)
  return system === undefined ? error : new StartFailure(listenMessage(system, wanted), { cause: error })
}

function dataHint({ code }: StoreError, { kind }: Wanted): string {
  if (code === 'UNREPLICATED') return ': --accept-unreplicated'
  if (kind === 'database' && code === 'IN_USE') return '; stop that one, or wait for its end: --standby'
  // The messages of a database say what to do.
  if (kind === 'database') return ''
  if (code === 'IN_USE') return '; stop that one, or use another file with --data FILE'
  if (code === 'BEHIND') return ': --accept-older-data'
  return '; use another one: --data FILE'
}

/** Node's error of a server that cannot listen. It may be the cause of another error. */
interface ListenError {
  readonly code: string
  readonly port: number | undefined
}

const CALLS = ['listen', 'bind', 'getaddrinfo']

function listenError(error: unknown): ListenError | undefined {
  if (!(error instanceof Error)) return undefined
  if (!('syscall' in error && typeof error.syscall === 'string' && CALLS.includes(error.syscall)))
    return listenError(error.cause)
  return {
    code: 'code' in error && typeof error.code === 'string' ? error.code : error.message,
    port: 'port' in error && typeof error.port === 'number' ? error.port : undefined,
  }
}

function listenMessage({ code, port }: ListenError, { host, surfaces }: Wanted): string {
  // Port 0 takes a free port, so it cannot be the one that failed.
  const found = port ? surfaces.find((surface) => surface.port === port) : undefined
  if (found === undefined || code === 'EADDRNOTAVAIL') return `cannot listen on host ${host} (${code}); see --host`
  const { name, flag, host: own = host } = found
  const place = `${name}: port ${port} on ${own}`
  if (code === 'EADDRINUSE') return `${place} is taken; use another one: ${flag} PORT (0 takes a free one, off none)`
  if (code === 'EACCES') return `${place} needs more rights; use another one: ${flag} PORT`
  return `${place} cannot be opened (${code}); see ${flag}`
}
