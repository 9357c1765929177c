/** Where a server keeps its state: in a data file, in memory, in PostgreSQL, or in a store that was given. */
import type { Logger } from 'pino'
import type { Store } from '../engine/ports.ts'
import { postgresStore, type Standby, sqliteStore } from '../store/index.ts'
import { isPostgresUrl, readAddress } from '../store/postgres/address.ts'

export const isFile = (data: string | Store): data is string =>
  typeof data === 'string' && data !== ':memory:' && !isPostgresUrl(data)

/**
 * Data as it is shown in banners, logs and errors: the url of a database without user and password.
 *
 * @throws InvalidArgument for a url that cannot be used
 */
export const shownData = (data: string): string => (isPostgresUrl(data) ? readAddress(data).shown : data)

export interface OpenDataOptions {
  readonly acceptOlderData?: boolean
  readonly acceptUnreplicated?: boolean
  readonly standby?: Standby | undefined
  /** Where the server can be reached now; see `PostgresOptions`. */
  readonly reachedAt?: () => string | undefined
  /** See `PostgresOptions`. */
  readonly pairKey?: string | undefined
}

/** Opens the store. Waits up to half a minute for a database that cannot be reached. @throws StoreError, InvalidArgument */
export async function openData(data: string | Store, options: OpenDataOptions, logger: Logger): Promise<Store> {
  if (typeof data !== 'string') return data
  if (isPostgresUrl(data))
    return postgresStore(data, {
      acceptUnreplicated: options.acceptUnreplicated,
      standby: options.standby,
      reachedAt: options.reachedAt,
      pairKey: options.pairKey,
      onLine: (line) => logger.child({ part: 'store' }).warn(line),
    })
  const onTightened = (files: readonly string[]) =>
    logger.warn({ files }, 'others on this machine could read these files; now only this user can')
  return sqliteStore(data, { acceptOlder: options.acceptOlderData ?? false, onTightened })
}
