/** Writes one log line in the `pretty` format for each of the times given; the clock shows that time. */
import { createLogger } from '../../src/cli/logger.ts'

const moments = process.argv.slice(2).map(Number)
let now = moments[0] ?? 0
Date.now = () => now
const logger = await createLogger({ level: 'info', format: 'pretty', colours: false })
for (const moment of moments) {
  now = moment
  logger.info({ part: 'test' }, 'a line')
}
