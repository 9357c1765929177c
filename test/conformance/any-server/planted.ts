/** Proxies in front of a server that change what it says, to see that the suite finds it. */
import { createServer, request } from 'node:http'
import { connect, createServer as createSocketServer, type Server, type Socket } from 'node:net'

export interface Proxy {
  readonly port: number
  close(): Promise<void>
}

export interface Said {
  readonly status: number
  readonly body: string
}

async function listening(server: Server): Promise<Proxy> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('not listening')
  return { port: address.port, close: () => new Promise((resolve) => server.close(() => resolve())) }
}

/** An HTTP proxy. `change` gets the method and path of each request, and the answer. */
export function httpProxy(to: number, change: (asked: string, said: Said) => Said): Promise<Proxy> {
  const server = createServer((asked, answer) => {
    const { method, url, headers } = asked
    const passed = request({ host: '127.0.0.1', port: to, method, path: url, headers, agent: false }, (said) => {
      let body = ''
      said.setEncoding('utf8').on('data', (piece: string) => {
        body += piece
      })
      said.on('end', () => {
        const changed = change(`${method} ${url}`, { status: said.statusCode ?? 0, body })
        const { 'content-length': _length, 'transfer-encoding': _coding, ...others } = said.headers
        answer.writeHead(changed.status, others).end(changed.body)
      })
    })
    passed.on('error', () => answer.destroy())
    asked.pipe(passed)
  })
  return listening(server)
}

/** A proxy of XMPP over TCP that can cut all connections. */
export async function cuttingProxy(to: number): Promise<Proxy & { cut(): void }> {
  const open = new Set<Socket>()
  const server = createSocketServer((client) => {
    const service = connect({ host: '127.0.0.1', port: to })
    client.pipe(service).pipe(client)
    for (const socket of [client, service]) socket.on('error', () => undefined)
    client.on('close', () => service.destroy())
    open.add(client)
  })
  const proxy = await listening(server)
  return {
    ...proxy,
    cut() {
      for (const client of open) client.destroy()
    },
  }
}

const END = '</message>'

/**
 * A proxy of XMPP over TCP that exchanges two messages: one that `isLate` comes after the next one. The stream is text
 * without TLS.
 */
export function swappingProxy(to: number, isLate: (message: string) => boolean): Promise<Proxy> {
  const server = createSocketServer((client) => {
    const service = connect({ host: '127.0.0.1', port: to })
    let text = ''
    let late: string | undefined
    const pass = (message: string): string => {
      if (late === undefined && isLate(message)) {
        late = message
        return ''
      }
      const both = message + (late ?? '')
      late = undefined
      return both
    }
    client.pipe(service)
    service.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
      const cut = text.lastIndexOf(END)
      // What is no message, for example the features of the stream, goes on at once.
      if (cut < 0 && text.includes('<message')) return
      const whole = cut < 0 ? text : text.slice(0, cut + END.length)
      text = text.slice(whole.length)
      client.write(
        whole
          .split(END)
          .map((part, index, all) => (index < all.length - 1 ? pass(part + END) : part))
          .join(''),
      )
    })
    client.on('error', () => service.destroy()).on('close', () => service.destroy())
    service.on('error', () => client.destroy()).on('close', () => client.destroy())
  })
  return listening(server)
}
