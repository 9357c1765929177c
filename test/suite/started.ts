/** What tests start as `mrdian`: what `program.ts` put together for this run, or the sources as they are. */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The environment variable that says where the program of a run is. */
export const PROGRAM_VARIABLE = 'MRDIAN_TEST_PROGRAM'

export const SOURCE = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

const together = process.env[PROGRAM_VARIABLE]

/** The script of the command line. */
export const PROGRAM = together ?? SOURCE

/** Environment of a program: what Node makes of the scripts is kept beside them, and goes when they go. */
export const ENVIRONMENT: Readonly<NodeJS.ProcessEnv> = {
  PATH: process.env.PATH,
  ...(together === undefined ? {} : { XDG_CACHE_HOME: dirname(together) }),
}
