/** The three transports of one service (`notifications 1.1`). */
import { BoshStream } from './bosh-stream.ts'
import { RawClient } from './raw-client.ts'
import { type Entering, enter } from './sign-in.ts'
import type { TransportClient } from './transport-client.ts'
import { WebSocketClient } from './websocket-client.ts'
import type { World } from './world.ts'

/** Connects and sends nothing. */
export type Connecting = (running: World) => Promise<TransportClient>

export const TRANSPORTS: Readonly<Record<'TCP' | 'WebSocket' | 'BOSH', Connecting>> = {
  TCP: ({ port }) => RawClient.open(port),
  WebSocket: ({ service }) => WebSocketClient.open(service.ports.httpBind ?? 0),
  BOSH: async ({ service }) => new BoshStream(service.ports.httpBind ?? 0),
}

/** Signs in and binds. Sends no presence. */
export async function signInBy(
  connecting: Connecting,
  running: World,
  name: string,
  how?: Entering,
): Promise<TransportClient> {
  return enter(await connecting(running), name, how)
}

/** Signs in, binds, becomes available and has received the beacon. */
export async function onlineBy(
  connecting: Connecting,
  running: World,
  name: string,
  how?: Entering,
): Promise<TransportClient> {
  const client = await signInBy(connecting, running, name, how)
  client.send('<presence/>')
  await client.until(/<presence [^>]*from="finesse@localhost"[^>]*\/>/)
  return client
}
