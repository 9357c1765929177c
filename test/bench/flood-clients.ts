/**
 * A flood as fast as one core can make it: so many connections, each of which comes again as soon as it has ended.
 * Arguments: surface, kind, port, number of connections. Writes how many were made so far, a line every 100 ms.
 */
import { KNOCKS } from '../sockets/flood.ts'

const EVERY_MS = 100
/** They begin so many at a time, so that the first are under way while others are made. */
const AT_A_TIME = 50

const [surface, kind, port, size] = process.argv.slice(2)
const knocking = KNOCKS.find((each) => each.surface === surface && each.kind === kind)
if (knocking === undefined) throw new Error(`no such flood: ${surface}, ${kind}`)
const { knock } = knocking
let made = 0
const again = () => {
  made += 1
  knock(Number(port)).once('close', again)
}
const begin = (left: number) => {
  for (let count = Math.min(left, AT_A_TIME); count > 0; count -= 1) again()
  if (left > AT_A_TIME) setImmediate(begin, left - AT_A_TIME)
}
begin(Number(size))
setInterval(() => process.stdout.write(`${made}\n`), EVERY_MS)
// It ends when the process that started it closes its standard input.
process.stdin.once('end', () => process.exit()).resume()
