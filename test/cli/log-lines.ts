/** Writes a line for people to the log at each of the moments given, with a clock that says so. */
import { createLogger } from '../../src/cli/logger.ts'

const moments = process.argv.slice(2).map(Number)
let now = moments[0] ?? 0
Date.now = () => now
const logger = await createLogger({ level: 'info', format: 'pretty', colours: false })
for (const moment of moments) {
  now = moment
  logger.info({ part: 'test' }, 'a line')
}
