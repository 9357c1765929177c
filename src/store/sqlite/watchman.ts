/** Looks through a data file while the store works on it, in a thread of its own. */
import { Worker } from 'node:worker_threads'
import { z } from 'zod'

const finding = z.object({ damage: z.string().optional() })

/** The worker is a file beside this one, compiled or not. */
const WORKER = new URL(`./watchman-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

/** Begins to look; `found` hears of damage. Returns how to give up. A process does not stay alive for it. */
export function lookThrough(path: string, found: (damage: string) => void): () => void {
  const worker = new Worker(WORKER, { workerData: { path } })
  worker.unref()
  worker.on('message', (message) => {
    const { damage } = finding.parse(message)
    if (damage !== undefined) found(damage)
  })
  worker.on('error', (error) => process.emitWarning(`the data file could not be looked through: ${error.message}`))
  return () => void worker.terminate()
}
