/** Other processes with the store open. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** The commands of `child.ts`. */
type What = 'hold' | 'commit' | 'commit-on' | 'half-migrated' | 'obey' | 'tried'

/** Starts another process with the store open. It lives until it is killed. */
export function runChild(file: string, what: What, environment: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'child.ts'), file, what], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const exited = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  onTestFinished(kill)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const line = async (): Promise<string> => {
    const next = await lines.next()
    if (next.done) throw new Error('the child has ended')
    return next.value
  }
  const says = async (word: string) => {
    while ((await line()) !== word);
  }
  /** Sends a line to a child that was started with `obey`; resolves with its answer. */
  const ask = async (order: string) => {
    child.stdin.write(`${order}\n`)
    return line()
  }
  return { pid: child.pid ?? 0, says, line, ask, kill }
}
