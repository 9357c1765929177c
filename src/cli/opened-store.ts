/** What a server has before its engine starts: its directory, certificate and key, and the store, perhaps after waiting for it. */
import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { Side } from '../../machines/wire.ts'
import { type LoadedDirectory, loadDirectory } from '../directory/index.ts'
import type { Store } from '../engine/ports.ts'
import { HotStandby } from '../engine/standby/standby.ts'
import type { ConnectionLimits } from '../sockets/index.ts'
import type { Standby } from '../store/index.ts'
import { isPostgresUrl } from '../store/postgres/address.ts'
import { inSlices } from '../waiting/slices.ts'
import { AwaitingDirectory } from './awaiting-directory.ts'
import { certificateOf } from './certificate.ts'
import { DEFAULTS, DOMAIN_B } from './defaults.ts'
import { namesForOther, reachedAt } from './reached-at.ts'
import { seatOf } from './seat-options.ts'
import { isFile, openData } from './server-data.ts'
import { type ServerOptions, wantedBy } from './server-options.ts'
import type { Parts } from './server-parts.ts'
import { openAsStandby } from './standby.ts'
import { keyBeside, namedKey } from './verified-key.ts'
import { warningsOf } from './warnings.ts'

export interface OpenedStore {
  readonly store: Store
  /** Has the content of the store, if the server was a standby. */
  readonly standby: HotStandby | undefined
  readonly loaded: LoadedDirectory
  readonly sides: readonly Side[]
  /** Host names of the server, in addition to `localhost` and addresses. */
  readonly names: readonly string[]
  /** Of the passwords that were right lately. */
  readonly key: Uint8Array | undefined
  readonly limits: ConnectionLimits
  /** What the other server of a pair reads in the lease. */
  readonly pairKey: string
}

/**
 * Opens everything in order. `parts` gets what has to be closed. Everything that a take-over needs is there before the
 * store is open, so that a standby takes over soon.
 *
 * @throws StartFailure, StoreError, DirectoryError
 */
export async function openStoreOf(options: ServerOptions, parts: Parts, logger: Logger): Promise<OpenedStore> {
  const { host, data } = wantedBy(options)
  const log = (part: string) => logger.child({ part })
  const directory = await directoryOf(options, log('directory'))
  for (const warning of warningsOf(directory.loaded, options.directory === undefined, host)) logger.warn(warning)
  const { domain = DEFAULTS.domain, sideB } = options
  const names = [domain, ...(sideB ? [sideB.domain ?? DOMAIN_B] : []), host, ...namesForOther(options)]
  parts.certificate = await certificateOf(options, names, log('tls'))
  const key = keyOf(options, data, logger)
  const sides: readonly Side[] = sideB ? ['A', 'B'] : ['A']
  const limits = () => ({ users: directory.loaded.directory.users.length, ...options.connections })
  const own = () => parts.sides.find(({ side }) => side === (options.serves ?? 'A'))
  const reached = () => (parts.phase === 'RUNNING' ? reachedAt(options, own()?.ports() ?? {}) : undefined)
  const pairKey = randomBytes(32).toString('hex')
  const open = (waits?: Standby) => openData(data, { ...options, standby: waits, reachedAt: reached, pairKey }, logger)
  const beginsWith = () => ({
    directory: directory.loaded.directory,
    arrangement: { role: 'authority', acd: 'built-in', sides } as const,
  })
  const standby = options.standby && new HotStandby({ log: log('engine'), inSlices, beginsWith })
  const seat = seatOf(options, {
    certificate: parts.certificate,
    limits: limits(),
    loaded: () => directory.loaded,
    logger,
  })
  directory.onChange = ({ directory: before }) => seat?.directoryChanged(before)
  const waiting = { certificate: parts.certificate, limits: limits(), names, seat, logger }
  const opening = standby
    ? openAsStandby(options, { ...waiting, standby }, open)
    : open().then((store) => ({ store, surface: undefined }))
  const { store, surface } = await opening.finally(() => directory.end?.())
  parts.store = store
  if (surface) parts.standby = surface
  parts.seat = seat
  if (key === undefined && typeof data === 'string' && isPostgresUrl(data))
    logger.warn(`no --verified-key is given: ${WITHOUT_KEY}`)
  return { store, standby, loaded: directory.loaded, sides, names, key, limits: limits(), pairKey }
}

/** `end`: to be called when the store is open. What is loaded may change until then. */
async function directoryOf(
  { directory, standby }: ServerOptions,
  logger: Logger,
): Promise<{ readonly loaded: LoadedDirectory; end?(): Promise<void>; onChange?: AwaitingDirectory['onChange'] }> {
  if (typeof directory === 'object') return { loaded: directory }
  if (standby && directory !== undefined) return AwaitingDirectory.open(directory, logger)
  return { loaded: await loadDirectory(directory) }
}

const WITHOUT_KEY = 'after a restart or a take-over all passwords are checked in full'

/** The key of verified passwords. @throws StartFailure */
function keyOf({ verifiedKey }: ServerOptions, data: string | Store, logger: Logger): Uint8Array | undefined {
  if (verifiedKey !== undefined) return namedKey(verifiedKey)
  if (!isFile(data)) return undefined
  return keyBeside(data, (err) => logger.warn({ err }, `no key file beside the data file: ${WITHOUT_KEY}`))
}
