/** An engine that starts again when it has ended, as a service manager does it: then as the standby of the other one. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { ENVIRONMENT, PROGRAM } from '../suite/started.ts'

/** What an engine has become. */
export type Role = 'owner' | 'standby'

export interface Ports {
  readonly rest: number
  readonly httpBind: number
  readonly xmpp: number
}

export interface SupervisedOptions {
  readonly name: string
  readonly ports: Ports
  /** The url of the database. */
  readonly data: string
  /** The file for its log. */
  readonly log: string
  /** It has a role now; or it has ended, with an exit code or by a signal, and starts again. */
  readonly onChange: (engine: Supervised, change: Role | { readonly ended: string }) => void
}

/** Milliseconds before it starts again. */
const PAUSE = 1000

export class Supervised {
  readonly options: SupervisedOptions
  role: Role | undefined
  readonly #log: WriteStream
  #child: ChildProcess | undefined
  #isStopped = false
  #restart: NodeJS.Timeout | undefined

  constructor(options: SupervisedOptions) {
    this.options = options
    this.#log = createWriteStream(options.log, { flags: 'a' })
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get rest(): string {
    return `http://127.0.0.1:${this.options.ports.rest}`
  }

  /** Resolves when it has a role. Rejects with what it said when it ends before. */
  start(): Promise<void> {
    const { data, ports } = this.options
    const flags = [
      ...['--standby', '--board', '--log-format', 'json'],
      ...['--rest-port', `${ports.rest}`, '--http-bind-port', `${ports.httpBind}`, '--xmpp-port', `${ports.xmpp}`],
    ]
    // It ends with this process, however that ends; a Ctrl-C is for this process, which ends it in order.
    const child = spawn('setpriv', ['--pdeathsig=TERM', process.execPath, PROGRAM, 'serve', ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...ENVIRONMENT, MRDIAN_DATA: data },
      detached: true,
    })
    this.#child = child
    child.stdout?.pipe(this.#log, { end: false })
    child.stderr?.pipe(this.#log, { end: false })
    let errors = ''
    child.stderr?.on('data', (text) => {
      errors += text
    })
    return new Promise((resolve, reject) => {
      createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
        const role = line.includes('"in service"') ? 'owner' : line.includes('"standby of ') ? 'standby' : undefined
        if (role === undefined || role === this.role) return
        this.role = role
        this.options.onChange(this, role)
        resolve()
      })
      child.once('exit', (code, signal) => {
        if (this.role === undefined) reject(new Error(`${this.options.name} did not start: ${errors.trim()}`))
        this.#ended(signal ?? `exit code ${code}`)
      })
    })
  }

  /** Ends it in order. It does not start again. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#restart)
    const child = this.#child
    if (child !== undefined) {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    }
    this.#log.end()
  }

  #ended(how: string): void {
    const hadRole = this.role !== undefined
    this.role = undefined
    this.#child = undefined
    if (this.#isStopped || !hadRole) return
    this.options.onChange(this, { ended: how })
    this.#restart = setTimeout(() => {
      this.start().catch((error: unknown) => process.stderr.write(`${error}\n`))
    }, PAUSE)
  }
}
