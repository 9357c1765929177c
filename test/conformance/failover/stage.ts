/** A deployment with two sides, and what happens to its agents: the link of a side fails, a client moves. */
import { JXT } from 'stanza'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { Side } from '../../../machines/wire.ts'
import { loadDirectory } from '../../../src/directory/index.ts'
import type { Directory, LoadedDirectory } from '../../../src/directory/model.ts'
import type { FaultInput } from '../../../src/engine/api.ts'
import type { RestAnswer } from '../finesse-client.ts'
import type { Client } from '../sequences/client.ts'
import { deploy } from '../sequences/deployment.ts'
import type { Deployment } from '../sequences/service.ts'

const SAMPLE = await loadDirectory()

/** E-mail: interruptible. */
export const EMAIL = '5001'

/**
 * The sample directory with other settings. An absent agent is signed out of everything, so that a test can clean up.
 */
export const directoryWith = (settings: Partial<Directory['settings']>): LoadedDirectory => ({
  ...SAMPLE,
  directory: {
    ...SAMPLE.directory,
    settings: { ...SAMPLE.directory.settings, logoutOnAgentDisconnect: 1, ...settings },
  },
})

interface Fault {
  readonly type: FaultInput['type']
  readonly both?: boolean
}

export class TwoSides {
  #on: Deployment | undefined
  readonly #settings: Partial<Directory['settings']>
  #clients: Client[] = []

  constructor(settings: Partial<Directory['settings']> = {}) {
    this.#settings = settings
  }

  get on(): Deployment {
    if (!this.#on) throw new Error('not started')
    return this.#on
  }

  async start(): Promise<void> {
    this.#on = await deploy({}, { twoSides: true, directory: directoryWith(this.#settings) })
  }

  /** All clients disconnect, and the agents are signed out of everything after the grace period. */
  async clear(): Promise<void> {
    for (const client of this.#clients.splice(0)) await this.leaves(client)
    await this.on.advance(61_000)
  }

  async close(): Promise<void> {
    await this.#on?.close()
  }

  /** A client with presence on a side. */
  async comes(user: string, side: Side = 'A'): Promise<Client> {
    const client = await this.on.connect(user, { side })
    this.#clients.push(client)
    return client
  }

  /** A client at side B without presence. */
  async looksAtB(user: string): Promise<Client> {
    const client = await this.on.connect(user, { side: 'B', presence: false })
    this.#clients.push(client)
    return client
  }

  /** The client disconnects from its side and connects to the other one. */
  async moves(client: Client): Promise<Client> {
    await this.leaves(client)
    return this.comes(client.user, 'B')
  }

  /** A failure begins or ends. */
  async fault(fault: Fault, side: Side, up: boolean): Promise<void> {
    await this.on.acd('POST', '/faults', { ...fault, side, up })
  }

  /** Side A loses its link to the ACD. */
  async loses(): Promise<void> {
    await this.fault({ type: 'acd-link' }, 'A', false)
  }

  async regains(): Promise<void> {
    await this.fault({ type: 'acd-link' }, 'A', true)
  }

  /** All notifications that were sent to a client up to now. */
  async told(client: Client): Promise<readonly string[]> {
    await this.on.delivered()
    await client.barrier()
    return client.lines(client.waiting.length)
  }

  /** Waits until a client has got this notification. Takes and returns all that it has got. */
  async hears(client: Client, line: string): Promise<readonly string[]> {
    await client.until(() => client.waiting.includes(line), line)
    return this.told(client)
  }

  /** The agent answers a call at the extension that is the user id. Returns the id of the call. */
  async talks(client: Client, variables: Readonly<Record<string, string>> = {}): Promise<string> {
    const { id } = await this.on.acd('POST', '/calls', { from: '5550100', to: client.user, variables })
    await client.until(() => client.waiting.some((line) => line.endsWith('ALERTING')), 'a call')
    expect(await client.act(String(id), 'ANSWER')).toBe(202)
    await this.hears(client, `User/${client.user} PUT user TALKING`)
    return String(id)
  }

  async hangsUp(call: string): Promise<void> {
    await this.on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })
  }

  /** The agent gets an e-mail and starts it. Returns the id of the dialog. */
  async works(client: Client, ...actions: readonly string[]): Promise<string> {
    const before = (await dialogsOf(client)).length
    await this.told(client)
    await this.on.acd('POST', '/tasks', { scriptSelector: 'email_support', agentId: client.user })
    const isOffered = (line: string) => line.endsWith('POST dialogs OFFERED')
    await client.until(() => client.waiting.some(isOffered), 'a task')
    const dialog = (await dialogsOf(client))[before]
    if (dialog === undefined) throw new Error('no dialog')
    for (const action of actions) expect(await client.act(dialog.id, action)).toBe(202)
    await this.told(client)
    return dialog.id
  }

  /** Closes the client's session. Resolves when the engine knows it. */
  async leaves(client: Client): Promise<void> {
    const wasThere = this.on.isPresent(client.jid)
    await client.close()
    if (wasThere) await this.on.heard(client.jid, false)
    this.#clients = this.#clients.filter((each) => each !== client)
  }
}

/** One stage for all tests of a describe. Each test begins without connected clients. */
export function twoSides(settings: Partial<Directory['settings']> = {}): TwoSides {
  const stage = new TwoSides(settings)
  beforeAll(() => stage.start())
  afterEach(() => stage.clear())
  afterAll(() => stage.close())
  return stage
}

/** PUT of the own User; must be answered 202. */
export async function asks(client: Client, inner: string): Promise<void> {
  expect(await client.putUser(inner)).toBe(202)
}

export async function signsIn(client: Client, state: 'READY' | 'NOT_READY', more = ''): Promise<void> {
  const extension = client.user === '1234' ? '1001001' : client.user
  await asks(client, `<state>LOGIN</state><extension>${extension}</extension>${more}`)
  if (state === 'READY') await asks(client, '<state>READY</state>')
  await client.until(() => client.waiting.includes(`User/${client.user} PUT user ${state}`), state)
}

export const mediaSignIn = (limit: number, interrupt: 'ACCEPT' | 'IGNORE', logout: 'CLOSE' | 'TRANSFER') =>
  `<state>LOGIN</state><maxDialogLimit>${limit}</maxDialogLimit><interruptAction>${interrupt}</interruptAction>` +
  `<dialogLogoutAction>${logout}</dialogLogoutAction>`

/** Settings that differ from all defaults. */
export const OWN_SETTINGS = mediaSignIn(4, 'IGNORE', 'TRANSFER')

/** Signs in to E-mail and is READY. */
export async function signsInToEmail(client: Client, settings = mediaSignIn(4, 'ACCEPT', 'CLOSE')): Promise<void> {
  expect(await client.putMedia(EMAIL, settings)).toBe(202)
  expect(await client.putMedia(EMAIL, '<state>READY</state>')).toBe(202)
}

/** State and reason code, by GET of the agent. */
export async function shown(client: Client): Promise<readonly (string | undefined)[]> {
  const { value } = await client.me()
  return [value('state'), value('reasonCode/code')]
}

export const mediaOf = (client: Client): Promise<RestAnswer> => client.rest('GET', `User/${client.user}/Media/${EMAIL}`)

/** State of E-mail, and the three settings that only the side of the sign-in shows. */
export async function settingsOf(client: Client): Promise<readonly (string | undefined)[]> {
  const { value } = await mediaOf(client)
  return ['state', 'maxDialogLimit', 'interruptAction', 'dialogLogoutAction'].map(value)
}

const childrenOf = (element: JXT.XMLElement, name: string): readonly JXT.XMLElement[] =>
  element.children.flatMap((child) => (typeof child !== 'string' && child.name === name ? [child] : []))

/** Open dialogs of E-mail, by GET. */
export async function dialogsOf(client: Client): Promise<readonly { readonly id: string; readonly state: string }[]> {
  const { body } = await client.rest('GET', `User/${client.user}/Media/${EMAIL}/Dialogs`)
  return childrenOf(JXT.parse(body), 'Dialog').map((dialog) => {
    const text = (name: string) => childrenOf(dialog, name)[0]?.getText() ?? ''
    return { id: text('id'), state: text('state') }
  })
}
