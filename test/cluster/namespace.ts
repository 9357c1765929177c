/**
 * A network namespace, and cables from it to this process. A program that reads from this process keeps the namespace, so
 * both end with this process, however it ends. After a SIGKILL that may take the kernel some minutes, because connections
 * that end during a cut keep their namespace. Nothing else of the machine's network is changed.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Whether namespaces with cables can be made: as root, where the kernel and the machine allow it. */
export const canSeparate = (): boolean =>
  process.getuid?.() === 0 && spawnSync('unshare', ['--net', 'ip', 'link', 'add', 'type', 'veth']).status === 0

export class Namespace {
  readonly #keeper: ChildProcess
  readonly #cables: string[] = []
  readonly #unplug = () => {
    for (const name of this.#cables.splice(0)) spawnSync('ip', ['link', 'del', name])
  }

  static async start(): Promise<Namespace> {
    const keeper = spawn('unshare', ['--net', 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
    // What it repeats shows that it is in its namespace.
    keeper.stdin.write('here\n')
    await Promise.race([once(keeper.stdout, 'data'), once(keeper, 'exit')])
    const namespace = new Namespace(keeper)
    await namespace.ip('link', 'set', 'lo', 'up')
    return namespace
  }

  private constructor(keeper: ChildProcess) {
    this.#keeper = keeper
    process.once('exit', this.#unplug)
  }

  get pid(): number {
    return this.#keeper.pid ?? 0
  }

  /** A command line that runs a program in it. */
  get wrapper(): readonly string[] {
    return ['nsenter', `--net=/proc/${this.pid}/ns/net`]
  }

  async ip(...args: readonly string[]): Promise<void> {
    const [program = '', ...rest] = [...this.wrapper, 'ip', ...args]
    await run(program, rest)
  }

  /** Removes the cable whose end outside has this name, at the end. */
  has(cable: string): void {
    this.#cables.push(cable)
  }

  /** Its programs must have ended. */
  async close(): Promise<void> {
    process.off('exit', this.#unplug)
    this.#unplug()
    if (this.#keeper.exitCode !== null) return
    const ended = once(this.#keeper, 'exit')
    this.#keeper.stdin?.end()
    await ended
  }
}

/** No machine has this hardware address, so what is sent there is lost. */
const NOBODY = '02:00:00:00:00:01'

/** 198.18.0.0/15, which is for tests of networks (RFC 2544): 32 addresses for each process, four for each cable. */
const [FIRST, PROCESSES, CABLES] = [[198, 18], 4096, 8] as const
let cables = 0

function addressesOf(cable: number): readonly [here: string, there: string] {
  const base = (process.pid % PROCESSES) * 32 + (cable % CABLES) * 4
  const address = (n: number) => `${FIRST[0]}.${FIRST[1] + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`
  return [address(base + 1), address(base + 2)]
}

/** A cable between this process and a namespace. */
export class Cable {
  /** The addresses of both ends. */
  readonly here: string
  readonly there: string
  readonly #name: string
  readonly #inside: string
  readonly #namespace: Namespace

  /** `inside`: the name of the end in the namespace. The name of the other end has the id of this process. */
  static async lay(namespace: Namespace, inside: string): Promise<Cable> {
    const cable = new Cable(namespace, inside, cables++)
    const name = cable.#name
    await run('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', inside, 'netns', `${namespace.pid}`])
    namespace.has(name)
    await run('ip', ['addr', 'add', `${cable.here}/30`, 'dev', name])
    await run('ip', ['link', 'set', name, 'up'])
    await namespace.ip('addr', 'add', `${cable.there}/30`, 'dev', inside)
    await namespace.ip('link', 'set', inside, 'up')
    return cable
  }

  private constructor(namespace: Namespace, inside: string, number: number) {
    this.#namespace = namespace
    this.#inside = inside
    this.#name = `mrd${process.pid}c${number}`
    ;[this.here, this.there] = addressesOf(number)
  }

  /** What either end sends is lost until `join`. Neither end notices. */
  async cut(): Promise<void> {
    const lost = ['lladdr', NOBODY, 'nud', 'permanent', 'dev']
    await Promise.all([
      run('ip', ['neigh', 'replace', this.there, ...lost, this.#name]),
      this.#namespace.ip('neigh', 'replace', this.here, ...lost, this.#inside),
    ])
  }

  async join(): Promise<void> {
    await Promise.all([
      run('ip', ['neigh', 'del', this.there, 'dev', this.#name]),
      this.#namespace.ip('neigh', 'del', this.here, 'dev', this.#inside),
    ])
  }
}
