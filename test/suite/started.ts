/** What tests start as `mrdian`: what `program.ts` put together for this run, or the sources as they are. */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The environment variable that says where the program of a run is. */
export const PROGRAM_VARIABLE = 'MRDIAN_TEST_PROGRAM'

export const SOURCE = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

/** Below `node_modules`, so that what is not put together is found. */
export const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/mrdian-program/', import.meta.url))

/** A changed copy of the sources, as the mutations make it within a run, starts what it is itself. */
const given = process.env[PROGRAM_VARIABLE]
const together = given?.startsWith(FOLDER) ? given : undefined

/** The script of the command line. */
export const PROGRAM = together ?? SOURCE

/** Environment of a program: what Node makes of the scripts is kept beside them, and goes when they go. */
export const ENVIRONMENT: Readonly<NodeJS.ProcessEnv> = {
  PATH: process.env.PATH,
  ...(together === undefined ? {} : { XDG_CACHE_HOME: dirname(together) }),
}
