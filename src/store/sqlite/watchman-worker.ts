/**
 * The thread that checks a data file; see `watchman.ts`. The queries do not share a transaction, so that SQLite can
 * restart the log between them.
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
