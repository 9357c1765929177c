/** Where state lasts. */
export { StoreError, type StoreErrorCode } from './errors.ts'
export { type MemoryStore, memoryStore } from './memory.ts'
export { type SqliteOptions, sqliteStore } from './sqlite.ts'
