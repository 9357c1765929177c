import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { enter } from './sign-in.ts'
import { TransportClient } from './transport-client.ts'

export { auth, plain } from './sign-in.ts'

export const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>"

/** A client over TCP that sends text or bytes as they are. */
export class RawClient extends TransportClient {
  readonly socket: Socket

  private constructor(socket: Socket) {
    super()
    this.socket = socket
    socket.setNoDelay(true)
    // A character may arrive in two segments.
    socket.setEncoding('utf8').on('data', (data) => this.took(String(data)))
    socket.on('error', () => undefined)
    socket.on('close', () => this.finish())
  }

  static open(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('error', reject)
      socket.once('connect', () => resolve(new RawClient(socket)))
    })
  }

  /** Over TLS, whose certificate need not be trusted. */
  static openTls(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
      socket.once('error', reject)
      socket.once('secureConnect', () => resolve(new RawClient(socket)))
    })
  }

  send(text: string | Buffer): void {
    this.socket.write(text)
  }

  header(to: string): void {
    this.send(HEADER.replace("'localhost'", `'${to}'`))
  }

  stopReading(): void {
    this.socket.pause()
  }
}

/** Signs in and binds. Sends no presence. */
export async function signIn(port: number, name: string, resource?: string): Promise<RawClient> {
  return enter(await RawClient.open(port), name, resource === undefined ? {} : { resource })
}

/** Signs in, binds, becomes available and has received the beacon. */
export async function online(port: number, name: string, resource?: string): Promise<RawClient> {
  const client = await signIn(port, name, resource)
  client.send('<presence/>')
  await client.until('<presence from="finesse@localhost"')
  await client.until('/>')
  return client
}
