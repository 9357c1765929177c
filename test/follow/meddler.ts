/** Stands between a follower and the XMPP port of its Finesse, and does with notifications what a test says. */
import net from 'node:net'

/** Gets each message stanza of the server, and sends what it wants instead. */
export type Script = (stanza: string, send: (text: string) => void) => void

export interface Meddler {
  readonly port: number
  /** Messages that came since the start. */
  readonly messages: number
  /** From now on. Without a script messages pass. */
  meddle(script?: Script): void
  /** Sends a stanza to every session. */
  inject(stanza: string): void
  close(): Promise<void>
}

const END = '</message>'

export async function meddlerFor(target: number): Promise<Meddler> {
  const sockets = new Set<net.Socket>()
  const sessions = new Set<net.Socket>()
  const pass: Script = (stanza, send) => send(stanza)
  let script = pass
  let messages = 0
  const server = net.createServer((near) => {
    const far = net.connect(target, '127.0.0.1')
    sessions.add(near)
    let rest = ''
    far.setEncoding('utf8').on('data', (text) => {
      rest += String(text)
      for (let at = rest.indexOf('<message'); at >= 0; at = rest.indexOf('<message')) {
        const end = rest.indexOf(END, at)
        near.write(rest.slice(0, at))
        rest = rest.slice(at)
        if (end < 0) return
        messages += 1
        const stanza = rest.slice(0, end - at + END.length)
        rest = rest.slice(stanza.length)
        script(stanza, (text) => near.writable && near.write(text))
      }
      // The begin of the next message may be in the next chunk.
      const whole = rest.lastIndexOf('>') + 1
      near.write(rest.slice(0, whole))
      rest = rest.slice(whole)
    })
    near.on('data', (data) => far.write(data))
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => undefined)
      from.on('close', () => {
        sockets.delete(from)
        sessions.delete(near)
        to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get messages() {
      return messages
    },
    meddle(next = pass) {
      script = next
    },
    inject(stanza) {
      for (const session of sessions) if (session.writable) session.write(stanza)
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
