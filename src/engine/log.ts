import { contained } from './contained.ts'

/** Receives the engine's log lines. They never contain secrets or call variables. */
export interface EngineLog {
  warn(about: object, message: string): void
  error(about: object, message: string): void
}

const SILENT: EngineLog = { warn: () => undefined, error: () => undefined }

/** Makes sure that a log that throws or rejects does not interrupt the work that it logs. */
export function containedLog(log: EngineLog = SILENT): EngineLog {
  return {
    warn: (about, message) => contained(() => log.warn(about, message)),
    error: (about, message) => contained(() => log.error(about, message)),
  }
}
