/** A complete server in this process, in virtual time, as the deployment of a sequence. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { type RunningServer, type ServerOptions, startServer } from '../../../src/cli/server.ts'
import type { LoadedDirectory } from '../../../src/directory/model.ts'
import { type VirtualClock, virtualClock } from '../../../src/testing/virtual-clock.ts'
import { sampleWith } from '../rows/site-stage.ts'
import type { DirectoryChanges } from '../rows/stage.ts'
import { Client, type ClientPlace, type ConnectOptions } from './client.ts'
import type { Deployment, DeploymentOptions } from './service.ts'

/** In this process any directory is possible. */
export type Wanted = Omit<DeploymentOptions, 'directory'> & { readonly directory?: DirectoryChanges | LoadedDirectory }

const DOMAIN_B = 'b.localhost'

/** The presences that the engine has got, and the callers that wait for one. */
class Heard {
  readonly #said = new Map<string, boolean>()
  #waiting: (() => void)[] = []

  /** Records all presences that a notification service reports to this engine. */
  watch({ engine }: RunningServer): void {
    const tell = engine.adapters.presence.bind(engine.adapters)
    engine.adapters.presence = async (presence) => {
      await tell(presence)
      this.#said.set(presence.session, presence.available)
      for (const wake of this.#waiting.splice(0)) wake()
    }
  }

  last(session: string): boolean {
    return this.#said.get(session) ?? false
  }

  async until(session: string, available: boolean): Promise<void> {
    while (this.#said.get(session) !== available) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}

/** The address of the notification service, and functions that end and restart it. */
export interface Surroundings {
  /** Options in addition to those of every deployment. */
  readonly options?: ServerOptions
  /** The address of XMPP, if it is not the server itself. */
  readonly xmpp?: { readonly port: number; readonly domain: string }
  /** Restarts the notification service. By default the server itself is restarted. */
  restart?(how: 'in order' | 'by a crash'): Promise<void>
  /** Ends what was started for this deployment. */
  close?(): Promise<void>
}

/** Length of a step of virtual time, in ms. Peers in real time can answer between two steps. */
const STEP = 10_000

/** The addresses of a side. */
const placeOf = (ports: RunningServer['ports'] | undefined, domain: string): ClientPlace => ({
  restUrl: `http://127.0.0.1:${ports?.rest}`,
  domain,
  xmppPort: ports?.xmpp ?? 0,
})

function optionsOf({ directory, virtualSockets, twoSides }: Wanted, clock: VirtualClock): ServerOptions {
  return {
    ...(directory === undefined ? {} : { directory: 'changes' in directory ? sampleWith(directory) : directory }),
    ...(virtualSockets ? { socketClock: clock } : {}),
    ...(twoSides ? { sideB: { domain: DOMAIN_B } } : {}),
  }
}

/** Waits for the engine's session, because an external server may accept it only at the second attempt. */
async function inService({ engine, notifications }: RunningServer, sessions = 1): Promise<void> {
  while (engine.get.system('A').status !== 'IN_SERVICE')
    await new Promise<void>((resolve) => {
      const forget = engine.on('notification', () => {
        forget()
        resolve()
      })
    })
  while (notifications.gateway.sessions < sessions) await turn()
  await engine.delivered()
}

/** Starts a server in virtual time with the embedded notification service, or with the one that `outside` names. */
export async function deploy(outside: Surroundings, wanted: Wanted = {}): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'mrdian-sequence-'))
  const clock = virtualClock()
  const heard = new Heard()
  const clients: Client[] = []
  const free = { restPort: 0, xmppPort: 0, httpBindPort: 'off' } as const
  const start = (ports: ServerOptions) =>
    startServer({
      ...free,
      data: join(folder, 'data.db'),
      clock,
      ...outside.options,
      ...optionsOf(wanted, clock),
      ...ports,
    })
  let server = await start({})
  await inService(server)
  heard.watch(server)
  const ports = { restPort: server.ports.rest ?? 0, xmppPort: server.ports.xmpp ?? 0 }
  const { port: xmppPort = ports.xmppPort, domain = 'localhost' } = outside.xmpp ?? {}
  const place = { ...placeOf(server.ports, domain), xmppPort }
  const placeB = placeOf(server.sideB?.ports, DOMAIN_B)
  return {
    ...place,
    connect: async (user: string, options: ConnectOptions = {}) => {
      const at = options.side === 'B' ? placeB : place
      const client = new Client(user, { ...at, xmppPort: options.through ?? at.xmppPort }, options)
      clients.push(client)
      await client.open()
      if (options.presence === false) return client
      await client.appear()
      await heard.until(client.jid, true)
      return client
    },
    restOnly: (user) => new Client(user, place),
    advance: async (ms) => {
      if (!wanted.virtualSockets) return clock.advance(ms)
      for (let rest = ms; rest > 0; rest -= STEP) {
        await clock.advance(Math.min(rest, STEP))
        await server.notifications.settled()
      }
    },
    heard: (session, available) => heard.until(session, available),
    isPresent: (session) => heard.last(session),
    delivered: () => server.engine.delivered(),
    acd: async (method, path, body) => {
      const response = await fetch(`${place.restUrl}/acd${path}`, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from('admin:secret').toString('base64')}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const answer: Readonly<Record<string, unknown>> = JSON.parse(await response.text())
      if (!response.ok) throw new Error(`${response.status}: ${JSON.stringify(answer)}`)
      return answer
    },
    restartNotificationService: async (how) => {
      if (outside.restart) {
        const { sessions } = server.notifications.gateway
        await outside.restart(how)
        return inService(server, sessions + 1)
      }
      await server.close()
      server = await start(ports)
      heard.watch(server)
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.close()))
      await server.close()
      await outside.close?.()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
