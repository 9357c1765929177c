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

const logLine = z.looseObject({ level: z.number().optional(), msg: z.string().optional() })

/** Where a server listens. */
export interface At {
  readonly rest: string
  readonly ws: string
  readonly xmpp: number
}

/** Level of an error in the log. */
const ERROR = 50
/** Number of lines of output that are kept. */
const KEPT_LINES = 200

export class ServerProcess {
  readonly #child: ChildProcess
  readonly #gone: Promise<void>
  /** Where the server listens; `undefined` when it ended first. */
  readonly ready: Promise<At | undefined>
  /** The last lines of its output. */
  readonly output: string[] = []
  /** Log lines at level `error` or worse, and the lines of standard error. */
  readonly errors: string[] = []
  #isKilled = false
  #hasEnded = false

  /** `env` is added to the environment. `wrapper` is a command line that runs the server, such as a tracer. */
  constructor(data: string, { env = {}, wrapper = [] }: { env?: NodeJS.ProcessEnv; wrapper?: readonly string[] } = {}) {
    const flags = ['--rest-port', '0', '--http-bind-port', '0', '--xmpp-port', '0', '--log-format', 'json']
    const serve = [process.execPath, PROGRAM, 'serve', ...flags, '--directory', DIRECTORY, '--data', data]
    const [program = '', ...args] = [...wrapper, ...serve]
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...ENVIRONMENT, ...env } })
    this.#gone = new Promise((resolve) => {
      this.#child.once('exit', () => {
        this.#hasEnded = true
        resolve()
      })
    })
    this.ready = new Promise((resolve) => {
      void this.#gone.then(() => resolve(undefined))
      this.#read(resolve)
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Whether it has ended without a kill. */
  get endedByItself(): boolean {
    return this.#hasEnded && !this.#isKilled
  }

  get gone(): Promise<void> {
    return this.#gone
  }

  /** Sends the signal; resolves when the process has ended. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.#hasEnded) {
      this.#isKilled = true
      this.#child.kill(signal)
    }
    await this.#gone
  }

  #read(ready: (at: At) => void): void {
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
      const banner = inService.safeParse(parsed)
      if (!banner.success) return
      const { rest, httpBind, xmpp } = banner.data.ports
      ready({ rest: `http://127.0.0.1:${rest}`, ws: `ws://127.0.0.1:${httpBind}/ws`, xmpp })
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
