/** Stores: where the engine keeps its state. */

import '../node-version.ts'

export {
  type Carried,
  type CarryOptions,
  type ExportOptions,
  exportToPostgres,
  importFromPostgres,
} from './carry/index.ts'
export { StoreError, type StoreErrorCode } from './errors.ts'
export { type MemoryOptions, type MemoryStore, memoryStore } from './memory/store.ts'
export type { PostgresOptions, Standby } from './postgres/options.ts'
export { type OpenPostgresHistory, openPostgresHistory, type ReaderOptions } from './postgres/reader.ts'
export { type PostgresStore, postgresStore } from './postgres/store.ts'
export { type RescueOptions, type RescueReport, rescue, type Unjoined } from './rescue/index.ts'
export { type BackupOptions, backup } from './sqlite/backup.ts'
export { type OpenHistory, openHistory } from './sqlite/reader.ts'
export { type SqliteOptions, sqliteStore } from './sqlite/store.ts'
