/** Runs simulations in worker threads, one for each core. The results do not depend on which thread ran what. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { SimulationFailed } from '../failure.ts'
import type { SimulationResult } from '../result.ts'
import type { Scenario } from '../scenario/model.ts'

/** One run. */
export interface Task {
  readonly scenario: Scenario
  readonly seed: number
  readonly lanes: number
}

export type Answer = { readonly result: SimulationResult } | { readonly failed: string }

/** The program of the thread: the source if this module runs as source, else the compiled file. */
const PROGRAM = new URL(`./thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

/**
 * Runs all tasks on at most `threads` threads. The results have the order of the tasks. `finished` is called after each.
 *
 * @throws SimulationFailed when a simulation fails, or its thread
 */
export async function runApart(
  tasks: readonly Task[],
  threads: number,
  finished: () => void,
): Promise<readonly SimulationResult[]> {
  const results: SimulationResult[] = []
  let next = 0
  const work = async () => {
    const worker = new Worker(PROGRAM, { execArgv: [] })
    // `once` below gets it too. This only prevents an uncaught exception between two tasks.
    worker.on('error', () => undefined)
    try {
      for (let at = next++; at < tasks.length; at = next++) {
        const answered = once(worker, 'message')
        worker.postMessage(tasks[at])
        const answer: Answer = (await answered)[0]
        if ('failed' in answer) throw new SimulationFailed(answer.failed)
        results[at] = answer.result
        finished()
      }
    } finally {
      next = tasks.length
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, work))
  return results
}
