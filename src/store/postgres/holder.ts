/** How a process is named in the lease, and on its connections. */
import { hostname } from 'node:os'

/** This process, as the lease names its owner. */
export const thisProcess = (): string => `${hostname()} (process ${process.pid})`

/** Connections of a server have this and the process as their `application_name`. */
export const PROCESS_PREFIX = 'mrdian server '
