/** Connects to a server, over TLS if it is asked for. */
import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { StoreError } from '../errors.ts'
import type { Address, Host } from './address.ts'

/** Code of Node, for a connection that cannot be made in time. */
const TIMED_OUT = 'ETIMEDOUT'

/** Asks for TLS (https://www.postgresql.org/docs/current/protocol-message-formats.html, SSLRequest). */
const ASK_FOR_TLS = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])
const [YES, NO] = ['S', 'N']

/**
 * Opens a connection within so many milliseconds. It is made here, and not by the package `postgres`: that one writes to
 * a TLS connection that has been destroyed, which ends the process.
 *
 * @throws StoreError `DENIED` when TLS is needed and the server has none; else with the error of Node.
 */
export async function dial(address: Address, host: Host, within: number): Promise<Socket> {
  const socket = host.host.startsWith('/')
    ? connect(join(host.host, `.s.PGSQL.${host.port}`))
    : connect(host.port, host.host)
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error('the server does not answer'), { code: TIMED_OUT }))
  }, within)
  try {
    await once(socket, 'connect')
    socket.setNoDelay(true)
    return address.tls === 'disable' || host.host.startsWith('/') ? socket : await secured(socket, address, host)
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function secured(socket: Socket, { tls, shown }: Address, { host }: Host): Promise<Socket> {
  socket.write(ASK_FOR_TLS)
  const closed = once(socket, 'close').then(() => {
    throw new StoreError('UNREACHABLE', `${shown}: the server has ended the connection`)
  })
  const [answer] = await Promise.race([once(socket, 'data'), closed])
  // Exactly one byte: what follows it without TLS could come from somebody in between.
  const said = String(answer)
  if (said === NO && tls === 'prefer') return socket
  if (said === NO) throw new StoreError('DENIED', `${shown}: the server offers no TLS; set it up there, or see sslmode`)
  if (said !== YES) throw new StoreError('UNREACHABLE', `${shown}: what answers there is no PostgreSQL server`)
  const name = isIP(host) ? { host } : { host, servername: host }
  const secure = connectTls({ socket, ...name, rejectUnauthorized: tls === 'verify-full' })
  await Promise.race([once(secure, 'secureConnect'), closed])
  return secure
}
