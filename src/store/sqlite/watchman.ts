/** Checks a data file for damage in a separate thread, while the store uses the file. */
import { Worker } from 'node:worker_threads'
import { z } from 'zod'

const finding = z.object({ damage: z.string().optional() })

/** The worker is in the same directory as this file; both are either TypeScript or compiled. */
const WORKER = new URL(`./watchman-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

/**
 * Starts the check. Calls `found` if there is damage. The returned function stops the check. The thread does not keep
 * the process alive.
 */
export function lookThrough(path: string, found: (damage: string) => void): () => void {
  const worker = new Worker(WORKER, { workerData: { path } })
  worker.unref()
  worker.on('message', (message) => {
    const { damage } = finding.parse(message)
    if (damage !== undefined) found(damage)
  })
  worker.on('error', (error) => process.emitWarning(`the data file could not be checked for damage: ${error.message}`))
  return () => void worker.terminate()
}
