/** Processes of a measurement, and the processor time that they have used. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

export interface Started {
  readonly child: ChildProcess
  /** The line of output that `isReady` accepted. */
  readonly line: string
  /** Seconds of real time since the start. */
  readonly seconds: () => number
  /** Seconds of the processor since the start: other work on the machine is not in it. Real time where it is unknown. */
  readonly processor: () => number
  /** Kills it; resolves when it has ended. */
  readonly kill: () => Promise<void>
}

/** Starts a script. Resolves when it has written a line that `isReady` accepts; rejects if it ends before. */
export async function started(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  isReady: (line: string) => boolean,
): Promise<Started> {
  const begin = performance.now()
  const seconds = () => (performance.now() - begin) / 1000
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const gone = once(child, 'exit')
  const kill = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await gone
  }
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (each) => isReady(each) && resolve(each))
    void gone.then(() => reject(new Error(`${script} ended before it was ready`)))
  })
  return { child, line, seconds, processor: () => processorOf(child.pid ?? 0) ?? seconds(), kill }
}

const TICKS_PER_SECOND = 100

/** User and system time of a process in seconds; `undefined` where the system does not tell it in this way. */
function processorOf(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return undefined
  }
}
