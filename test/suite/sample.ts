/** The sample directory, loaded once for all tests of a process: a parse takes ten milliseconds. No test changes it. */
import { loadDirectory } from '../../src/directory/index.ts'

export const SAMPLE = await loadDirectory()
