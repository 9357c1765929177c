/** Logs of desktops, and where they are kept. */
export type { ClientLog, ClientLogs } from './api.ts'
export { copyClientLogs } from './copy.ts'
export { type ClientLogFiles, type ClientLogLimits, clientLogFiles, clientLogsOf, type DeletedLogs } from './files.ts'
