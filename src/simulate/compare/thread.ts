/** The thread of `threads.ts`. It runs one simulation at a time. */
import { parentPort } from 'node:worker_threads'
import { simulate } from '../simulate.ts'
import type { Answer, Task } from './threads.ts'

async function answerTo({ scenario, seed, lanes }: Task): Promise<Answer> {
  try {
    return { result: await simulate(scenario, { seed, lanes }) }
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) }
  }
}

parentPort?.on('message', (task: Task) => {
  void answerTo(task).then((answer) => parentPort?.postMessage(answer))
})
