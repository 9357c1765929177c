/** A server of two sides with all listeners, for a process that may open few files; tells its ports on standard output. */
import { startServer } from '../../src/cli/server.ts'

const FREE = { restPort: 0, restTlsPort: 0, httpBindPort: 0, httpBindTlsPort: 0, xmppPort: 0, xmppTlsPort: 0 } as const

const server = await startServer({ ...FREE, sideB: FREE, tls: 'self-signed', data: ':memory:' })
process.stdout.write(`${JSON.stringify({ A: server.ports, B: server.sideB?.ports })}\n`)
// It ends with whoever started it.
process.stdin.once('end', () => process.exit()).resume()
