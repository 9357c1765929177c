/** The Finesse REST API for any Fastify server. */

import '../node-version.ts'

export { type ClientLog, type ClientLogLimits, type ClientLogs, clientLogFiles } from '../client-logs/index.ts'
export type { CorsMode } from '../http/index.ts'
export type { FinesseOptions } from './options.ts'
export { DEFAULT_PREFIX, finesse } from './plugin.ts'
export { type FinesseServerOptions, finesseServerOptions, frameworkAnswer } from './server-options.ts'
