/** A server with two sides and all listeners, which a test runs with few open files. It prints its ports. */
import { startServer } from '../../src/cli/server.ts'

const FREE = { restPort: 0, restTlsPort: 0, httpBindPort: 0, httpBindTlsPort: 0, xmppPort: 0, xmppTlsPort: 0 } as const

const server = await startServer({ ...FREE, sideB: FREE, tls: 'self-signed', data: ':memory:' })
process.stdout.write(`${JSON.stringify({ A: server.ports, B: server.sideB?.ports })}\n`)
// It ends when the process that started it ends or closes its standard input.
process.stdin.once('end', () => process.exit()).resume()
