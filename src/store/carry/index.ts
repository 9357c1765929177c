/** Carries a whole store from a data file to PostgreSQL, and back. */
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import { isPostgresUrl, readAddress } from '../postgres/address.ts'
import { withDefaults } from '../postgres/options.ts'
import { type Carried, type CarryOptions, copy } from './copy.ts'
import { fromFile, toFile } from './file.ts'
import { fromPostgres, toPostgres } from './postgres.ts'

export type { Carried, CarryOptions } from './copy.ts'

/** Options of `exportToPostgres`. */
export interface ExportOptions extends CarryOptions {
  /** As in `postgresStore`: also accepts a server that confirms a change before a second machine has it. */
  readonly acceptUnreplicated?: boolean | undefined
}

/**
 * Carries all rows of a data file into an empty store in PostgreSQL: journal, history, outbox, records, ended aggregates,
 * the id of the history, and the last numbers. The schema and its tables are made if they are missing. All of it is one
 * transaction: when the call rejects, or the process ends, the store stays empty. Both are compared before the end.
 *
 * The file is checked, and not changed. No store can open it, or the target, meanwhile.
 *
 * @throws InvalidArgument for a url that cannot be used.
 * @throws StoreError for the file `IN_USE`, `NOT_A_STORE`, `UNKNOWN_VERSION`, `CORRUPT`, `BEHIND`; for the server the
 * codes of `postgresStore`; `FAILED` when the target is not empty. Its message has the address without the password.
 */
export async function exportToPostgres(file: string, url: string, options: ExportOptions = {}): Promise<Carried> {
  refuseUrl(file)
  const { schema, acceptUnreplicated } = options
  const [address, given] = [readAddress(url), withDefaults({ schema, acceptUnreplicated })]
  return fromFile(file, (source) =>
    toPostgres(address, given, (target) => {
      source.assertWhole()
      return copy(source, target, options)
    }),
  )
}

/**
 * Carries all rows of a store in PostgreSQL into a new data file, as `exportToPostgres` does in the other direction. The
 * file appears when it is complete, checked, compared and synced. The store is not changed, and no process can open it
 * meanwhile.
 *
 * @throws InvalidArgument for a url that cannot be used.
 * @throws StoreError for the server `IN_USE` and the codes of `postgresStore`; `CORRUPT` when its rows are damaged;
 * `FAILED` when the file exists or cannot be written.
 */
export async function importFromPostgres(url: string, file: string, options: CarryOptions = {}): Promise<Carried> {
  refuseUrl(file)
  const { schema } = options
  const [address, given] = [readAddress(url), withDefaults({ schema })]
  return toFile(file, address.shown, (target) =>
    fromPostgres(address, given, (source) => copy(source, target, options)),
  )
}

/** A url has a password, and a message would show it as the name of a file. */
function refuseUrl(file: string): void {
  if (isPostgresUrl(file)) throw new InvalidArgument('a data file is needed where a url of PostgreSQL was given')
}
