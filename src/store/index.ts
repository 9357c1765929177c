/** Where state lasts. */
export { StoreError, type StoreErrorCode } from './errors.ts'
export { type MemoryOptions, type MemoryStore, memoryStore } from './memory.ts'
export { type RescueOptions, type RescueReport, rescue, type Unjoined } from './rescue/index.ts'
export { type SqliteOptions, sqliteStore } from './sqlite.ts'
export { type BackupOptions, backup } from './sqliteBackup.ts'
export { type OpenHistory, openHistory } from './sqliteReader.ts'
