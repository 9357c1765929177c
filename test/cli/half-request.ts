/** A request whose body is not sent yet, so that a server that stops has work in hand. */
import { once } from 'node:events'
import { connect } from 'node:net'

export const LOGIN = '<User><state>LOGIN</state><extension>1001</extension></User>'

/** The sign-in of agent 1001 without its body, `LOGIN`. Resolves when the server has begun to handle it. */
export async function halfRequest(base: string) {
  const { port } = new URL(base)
  const socket = connect({ host: '127.0.0.1', port: Number(port) })
  socket.on('error', () => undefined)
  const head = [
    'PUT /finesse/api/User/1001 HTTP/1.1',
    'Host: localhost',
    `Authorization: Basic ${btoa('1001:secret')}`,
    'Content-Type: application/xml',
    `Content-Length: ${LOGIN.length}`,
    // The server sends "100 Continue" when it has begun.
    'Expect: 100-continue',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  await once(socket, 'data')
  const answer = once(socket, 'data').then(([data]) => String(data))
  answer.catch(() => undefined)
  return { socket, answer }
}
