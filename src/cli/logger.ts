/** Logs: text for people on a terminal, JSON for programs. Both leave out credentials and call variables. */
import { type Logger, pino } from 'pino'
import { withOffsetOf } from '../times/index.ts'
import type { LogFormat, LogLevel } from './defaults.ts'

const SECRET = ['authorization', 'password', 'passwordHash', 'secret', 'token', 'refreshToken', 'variables']
const STANDARD_OUTPUT = 1

export interface LoggerOptions {
  readonly level: LogLevel
  readonly format: Exclude<LogFormat, 'auto'>
  /** On a terminal that shows colours. */
  readonly colours: boolean
}

/** `auto` is `pretty` on a terminal, else `json`. */
export function resolveFormat(format: LogFormat, isTerminal: boolean): Exclude<LogFormat, 'auto'> {
  if (format !== 'auto') return format
  return isTerminal ? 'pretty' : 'json'
}

/** Makes a logger for standard output. It writes synchronously, so that no line is lost when the process ends. */
export async function createLogger(options: LoggerOptions): Promise<Logger> {
  return pino(loggerSettings(options.level), await destinationFor(options))
}

/** Level and redaction. Separate from the destination, so that tests can use their own. */
export function loggerSettings(level: LogLevel) {
  const paths = SECRET.flatMap((key) => [key, `*.${key}`, `*.*.${key}`])
  return { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths, censor: '[redacted]' } }
}

async function destinationFor({ format, colours }: LoggerOptions) {
  if (format === 'json') return pino.destination({ dest: STANDARD_OUTPUT, sync: true })
  // Loaded only here, because a server that writes JSON does not need it.
  const { default: pretty } = await import('../bundled/pino-pretty.ts')
  // All lines have the same offset, so that they sort by time even when clocks are set back.
  const formatTime = withOffsetOf(Date.now())
  return pretty({
    destination: STANDARD_OUTPUT,
    sync: true,
    colorize: colours,
    // Leaves the time as the logger writes it, for the prettifier below.
    translateTime: false,
    customPrettifiers: { time: (time) => `[${formatTime(Date.parse(String(time)))}]` },
    ignore: 'pid,hostname,part',
    messageFormat: (log, key) => (typeof log.part === 'string' ? `${log.part}: ${log[key]}` : String(log[key])),
  })
}
