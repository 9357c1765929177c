/** The warm process. It is started when needed, and again after a mutant has broken it. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { type Failed, isReply, type WarmRequest } from './messages.ts'

/** The process is restarted after this number of mutants, because the modules of each stay in memory. */
const MUTANTS_PER_PROCESS = 40
/** A check that takes longer counts as an endless loop. The slowest takes a minute on an idle machine. */
const CHECK_MAX_MS = {
  quick: 300_000,
  tests: 180_000,
  beside: 600_000,
  walk: 300_000,
  rows: 1_800_000,
  long: 600_000,
} as const

export class WarmProcess {
  readonly #root: string
  #child: ChildProcess | undefined
  #taken = 0

  constructor(root: string) {
    this.#root = root
  }

  /** Runs the checks for a source. Returns those that fail. */
  async check(request: WarmRequest): Promise<readonly Failed[]> {
    if (this.#taken >= MUTANTS_PER_PROCESS) this.stop()
    this.#taken += 1
    const child = this.#child ?? this.#start()
    const failed = await this.#answer(child, request)
    // A check that has timed out is still running.
    if (failed.some(({ detail }) => detail.startsWith('time-out'))) this.stop()
    return failed
  }

  stop(): void {
    this.#child?.kill('SIGKILL')
    this.#child = undefined
    this.#taken = 0
  }

  #start(): ChildProcess {
    const child = fork(join(this.#root, 'test/mutation/warm/worker.ts'), {
      cwd: this.#root,
      execArgv: ['--disable-warning=ExperimentalWarning', '--max-old-space-size=1500'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.#child = child
    return child
  }

  #answer(child: ChildProcess, request: WarmRequest): Promise<readonly Failed[]> {
    return new Promise((resolve) => {
      let running = 'load'
      const maxMs = CHECK_MAX_MS[request.stage]
      let timer: NodeJS.Timeout | undefined
      const end = (failed: readonly Failed[]) => {
        clearTimeout(timer)
        child.off('message', hear)
        child.off('exit', gone)
        resolve(failed)
      }
      const expire = () => end([{ check: running, detail: `time-out: not over after ${maxMs / 1000} s` }])
      const gone = () => {
        this.#child = undefined
        end([{ check: running, detail: 'the process ended' }])
      }
      const hear = (message: unknown) => {
        if (!isReply(message) || message.type === 'ready') return
        if (message.type === 'done') return end(message.failed)
        running = message.check
        clearTimeout(timer)
        timer = setTimeout(expire, maxMs)
      }
      timer = setTimeout(expire, maxMs)
      child.on('message', hear)
      child.once('exit', gone)
      child.send(request)
    })
  }
}
