/** The script that tests start as `mrdian`: the bundle that `program.ts` made for this run, or the sources. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The environment variable with the main file of the bundle. */
export const PROGRAM_VARIABLE = 'MRDIAN_TEST_PROGRAM'

export const SOURCE = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

/** Below `node_modules`, so that libraries that are not bundled are found. */
export const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/mrdian-program/', import.meta.url))

/** A bundle of another copy of the sources is not used, for example in the copies that mutation tests make in a run. */
const given = process.env[PROGRAM_VARIABLE]
const together = given?.startsWith(FOLDER) ? given : undefined

/** The script of the command line. */
export const PROGRAM = together ?? SOURCE

/**
 * Node's compile cache for the scripts of the tests. Without it, the types of hundreds of files are stripped at each start.
 */
export const compileCacheBeside = (program: string): string => join(dirname(program), 'scripts')

/** Environment of started programs. Node's compile caches are beside the bundle, so that they are deleted with it. */
export const ENVIRONMENT: Readonly<NodeJS.ProcessEnv> = {
  PATH: process.env.PATH,
  ...(together === undefined
    ? {}
    : { XDG_CACHE_HOME: dirname(together), NODE_COMPILE_CACHE: compileCacheBeside(together) }),
}
