/** A mrdian in virtual time with an external XMPP server, and its clients. */

import { setImmediate as turn } from 'node:timers/promises'
import { type RunningServer, startServer } from '../../../src/cli/server.ts'
import { parseDirectory } from '../../../src/directory/index.ts'
import type { LoadedDirectory } from '../../../src/directory/model.ts'
import { Client, type ConnectOptions } from '../../conformance/sequences/client.ts'
import type { XmppServer } from './programs.ts'

/** Password of the engine's account and of all others. */
export const PASSWORD = 'secret'

export class World {
  readonly server: RunningServer
  readonly #xmpp: XmppServer
  readonly #clients: Client[] = []

  private constructor(server: RunningServer, xmpp: XmppServer) {
    this.server = server
    this.#xmpp = xmpp
  }

  static async start(xmpp: XmppServer, restPort: number, directory?: LoadedDirectory): Promise<World> {
    const server = await startServer({
      virtualTime: true,
      restPort,
      xmppService: xmpp.service,
      xmppPassword: PASSWORD,
      ...(directory === undefined ? {} : { directory }),
    })
    return new World(server, xmpp)
  }

  /** A client that is signed in. Rejects when the sign-in is refused. */
  async open(user: string, options: ConnectOptions = {}): Promise<Client> {
    const place = {
      restUrl: `http://127.0.0.1:${this.server.ports.rest}`,
      domain: this.#xmpp.domain,
      xmppPort: this.#xmpp.port,
    }
    const client = new Client(user, place, options)
    this.#clients.push(client)
    await client.open()
    return client
  }

  /** A client that has received the beacon. */
  async appear(user: string): Promise<Client> {
    const client = await this.open(user)
    await client.appear()
    return client
  }

  /** A client of a user that has received the beacon and whose presence the engine has got. */
  async connect(user: string, options: ConnectOptions = {}): Promise<Client> {
    const client = await this.open(user, options)
    const heard = this.heard(client.jid, true)
    await client.appear()
    await heard
    return client
  }

  /** Resolves when the engine gets the next presence of this kind from the session. */
  heard(session: string, available: boolean): Promise<void> {
    const { engine } = this.server
    const tell = engine.adapters.presence.bind(engine.adapters)
    return new Promise((resolve) => {
      engine.adapters.presence = async (presence) => {
        await tell(presence)
        if (presence.session === session && presence.available === available) resolve()
      }
    })
  }

  /** Resolves when the side is out of service, or when it is in service and this has been published. */
  async status(wanted: 'IN_SERVICE' | 'OUT_OF_SERVICE'): Promise<void> {
    const { engine, notifications } = this.server
    while (engine.get.system('A').status !== wanted)
      await new Promise<void>((resolve) => {
        const forget = engine.on('notification', () => {
          forget()
          resolve()
        })
      })
    if (wanted === 'OUT_OF_SERVICE') return
    while (!notifications.online) await turn()
    await engine.delivered()
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()))
    await this.server.close()
  }
}

/**
 * A directory that differs from the sample: 1001 has another password, 1002 is missing, 1009 supervises team 2001
 * instead of 1234, and the administrator is root instead of admin.
 */
export function changedDirectory(): LoadedDirectory {
  const user = (id: string, password: string, more: string) =>
    `  - { id: "${id}", loginName: u${id}, firstName: F, lastName: L, password: ${password}, teamId: "2001", extensions: ["${id}"], ${more} }`
  const text = [
    'version: 1',
    'administrators: [{ id: root, password: secret }]',
    'mediaRoutingDomains: [{ id: "1", name: Voice, description: Voice, interruptible: false }]',
    'teams: [{ id: "2001", name: First Line Support }, { id: "2002", name: Second Line Support }]',
    'users:',
    user('1001', 'changed', 'roles: [Agent]'),
    user('1009', 'secret', 'roles: [Agent, Supervisor], supervises: ["2001"]'),
    user('1234', 'secret', 'roles: [Agent, Supervisor], supervises: ["2002"]'),
  ]
  return parseDirectory(text.join('\n'), 'changed.yaml')
}
