/** The real server as a child process that can be killed at any moment. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { ENVIRONMENT, PROGRAM } from '../suite/started.ts'

const DIRECTORY = fileURLToPath(new URL('directory.yaml', import.meta.url))

const inService = z.object({
  msg: z.literal('in service'),
  ports: z.object({ rest: z.number(), httpBind: z.number(), xmpp: z.number() }),
})

const waits = z.object({ msg: z.string().startsWith('standby of ') })

const logLine = z.looseObject({ level: z.number().optional(), msg: z.string().optional() })

/** Where a server listens. */
export interface At {
  readonly rest: string
  readonly ws: string
  readonly xmpp: number
  /** The XMPP domain; default: `localhost`. */
  readonly domain?: string
}

/** Level of an error in the log. */
const ERROR = 50
/** Number of lines of output that are kept. */
const KEPT_LINES = 200

export interface ServerProcessOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly flags?: readonly string[]
  readonly wrapper?: readonly string[]
  /** The address on which it listens. */
  readonly host?: string
}

export class ServerProcess {
  readonly #child: ChildProcess
  readonly #gone: Promise<void>
  /** Where the server listens; `undefined` when it ended first. */
  readonly ready: Promise<At | undefined>
  /** Resolves when the server is a standby, or has ended. */
  readonly waiting: Promise<void>
  /** The last lines of its output. */
  readonly output: string[] = []
  /** Log lines at level `error` or worse, and the lines of standard error. */
  readonly errors: string[] = []
  #isKilled = false
  #exitCode: number | null | undefined

  /**
   * `env` is added to the environment, `flags` to the command line. `wrapper` is a command line that runs the server, such
   * as a tracer.
   */
  constructor(data: string, { env = {}, flags = [], wrapper = [], host = '127.0.0.1' }: ServerProcessOptions = {}) {
    const ports = ['--rest-port', '0', '--http-bind-port', '0', '--xmpp-port', '0']
    const usual = ['--host', host, ...ports, '--log-format', 'json', ...flags]
    const serve = [process.execPath, PROGRAM, 'serve', ...usual, '--directory', DIRECTORY, '--data', data]
    const [program = '', ...args] = [...wrapper, ...serve]
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...ENVIRONMENT, ...env } })
    this.#gone = new Promise((resolve) => {
      this.#child.once('exit', (code) => {
        this.#exitCode = code
        resolve()
      })
    })
    const ready = Promise.withResolvers<At | undefined>()
    const waiting = Promise.withResolvers<void>()
    this.ready = ready.promise
    this.waiting = waiting.promise
    void this.#gone.then(() => {
      ready.resolve(undefined)
      waiting.resolve()
    })
    this.#read(host, ready.resolve, waiting.resolve)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get hasEnded(): boolean {
    return this.#exitCode !== undefined
  }

  /** Whether it has ended without a kill. */
  get endedByItself(): boolean {
    return this.hasEnded && !this.#isKilled
  }

  /** `undefined` while it runs, `null` after a signal. */
  get exitCode(): number | null | undefined {
    return this.#exitCode
  }

  /** Nothing of it runs until `resume`. */
  suspend(): void {
    this.#child.kill('SIGSTOP')
  }

  resume(): void {
    this.#child.kill('SIGCONT')
  }

  get gone(): Promise<void> {
    return this.#gone
  }

  /** Sends the signal; resolves when the process has ended. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.hasEnded) {
      this.#isKilled = true
      this.#child.kill(signal)
    }
    await this.#gone
  }

  #read(host: string, ready: (at: At) => void, waiting: () => void): void {
    const { stdout, stderr } = this.#child
    if (!stdout || !stderr) throw new Error('the child has no output')
    createInterface({ input: stderr }).on('line', (line) => {
      this.#keep(line)
      this.errors.push(line)
    })
    createInterface({ input: stdout }).on('line', (line) => {
      this.#keep(line)
      const parsed = parseLine(line)
      if ((parsed?.level ?? 0) >= ERROR) this.errors.push(line)
      if (waits.safeParse(parsed).success) waiting()
      const banner = inService.safeParse(parsed)
      if (!banner.success) return
      const { rest, httpBind, xmpp } = banner.data.ports
      ready({ rest: `http://${host}:${rest}`, ws: `ws://${host}:${httpBind}/ws`, xmpp })
    })
  }

  #keep(line: string): void {
    this.output.push(line)
    if (this.output.length > KEPT_LINES) this.output.shift()
  }
}

function parseLine(line: string): z.infer<typeof logLine> | undefined {
  try {
    return logLine.parse(JSON.parse(line))
  } catch {
    // A line that is no log line; a killed process may leave half of one.
    return undefined
  }
}
