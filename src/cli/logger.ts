/** Logs: for people on a terminal, JSON for programs. Neither has credentials or call variables. */
import { type Logger, pino } from 'pino'
import { withOffsetOf } from '../times/index.ts'
import type { LogFormat, LogLevel } from './defaults.ts'

const SECRET = ['authorization', 'password', 'passwordHash', 'secret', 'variables']
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

/** Writes to standard output, at once: nothing is lost when the process ends. */
export async function createLogger(options: LoggerOptions): Promise<Logger> {
  return pino(loggerSettings(options.level), await destinationFor(options))
}

/** Level and redaction; apart from the destination, so that tests see what is written. */
export function loggerSettings(level: LogLevel) {
  const paths = SECRET.flatMap((key) => [key, `*.${key}`, `*.*.${key}`])
  return { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths, censor: '[redacted]' } }
}

async function destinationFor({ format, colours }: LoggerOptions) {
  if (format === 'json') return pino.destination({ dest: STANDARD_OUTPUT, sync: true })
  // Only people need it: a server that writes JSON starts without.
  const { default: pretty } = await import('../bundled/pino-pretty.ts')
  // One offset for all lines: they sort, whatever is done to clocks meanwhile.
  const tell = withOffsetOf(Date.now())
  return pretty({
    destination: STANDARD_OUTPUT,
    sync: true,
    colorize: colours,
    // As the logger writes it; by default a clock is made of it before it can be told.
    translateTime: false,
    customPrettifiers: { time: (time) => `[${tell(Date.parse(String(time)))}]` },
    ignore: 'pid,hostname,part',
    messageFormat: (log, key) => (typeof log.part === 'string' ? `${log.part}: ${log[key]}` : String(log[key])),
  })
}
