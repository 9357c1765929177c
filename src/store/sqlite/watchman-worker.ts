/**
 * The thread that looks through a data file; see `watchman.ts`. Each question sees a state of its own, so that the
 * log can be begun anew in between.
 */

import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { damageOf } from './damage.ts'
import { DatabaseSync } from './module.ts'

const { path } = z.object({ path: z.string() }).parse(workerData)
const database = new DatabaseSync(path, { readOnly: true })
const damage = damageOf(database)
database.close()
parentPort?.postMessage({ damage })
