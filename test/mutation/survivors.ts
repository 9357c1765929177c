/** Mutants that no test notices, each with the reason why no test can notice it or has to. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const SURVIVORS = z.array(z.strictObject({ id: z.string(), reason: z.string().min(10) }))
export type Survivor = z.infer<typeof SURVIVORS>[number]

export const SURVIVORS_FILE = 'test/mutation/survivors.json'

export const readSurvivors = (root: string): readonly Survivor[] =>
  SURVIVORS.parse(JSON.parse(readFileSync(join(root, SURVIVORS_FILE), 'utf8')))
