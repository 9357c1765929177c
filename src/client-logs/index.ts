/** Logs of desktops, and where they are kept. */
export type { ClientLog, ClientLogs } from './api.ts'
export { type ClientLogLimits, clientLogFiles } from './files.ts'
