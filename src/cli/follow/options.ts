import type { LogFormat, LogLevel } from '../defaults.ts'

/** The options of `mrdian follow`. */
export interface FollowCommandOptions {
  readonly rest: URL
  readonly xmpp: string
  readonly domain: string
  readonly restB?: URL
  readonly xmppB?: string
  readonly domainB?: string
  readonly user: string
  readonly passwordFile?: string
  readonly agentsFile?: string
  readonly users: readonly string[]
  readonly teams: readonly string[]
  readonly presenceCountsAsDesktop: boolean
  readonly resource?: string
  readonly data: string
  readonly host: string
  readonly port: number
  readonly logLevel: LogLevel
  readonly logFormat: LogFormat
}
