/** A server with agents who are signed in, on which one situation after the other is played. */
import { expect } from 'vitest'
import type { FinesseClient, Received, RestAnswer } from '../finesse-client.ts'
import { sampleWith } from '../rows/site-stage.ts'
import { withSettings } from '../rows/stage.ts'
import { type Site, site } from '../server.ts'
import { at, parseTree, valueAt } from '../tree.ts'

/** Agents by what they do in the situations. They are NOT_READY. */
export const AGENT = '1001'
export const OTHER = '1002'
/** Wraps up after every call. */
export const WRAPS_UP = '1003'
/** Of another team, and on no call. */
export const STRANGER = '1004'
/** Supervises the teams of all of them. */
export const SUPERVISOR = '1234'
export const ADMINISTRATOR = 'admin'
/** Nobody is signed in there. */
export const NOBODY = '1005'
/** Answers after five seconds. */
export const OUTSIDE = '5550300'

const LISTENERS = [AGENT, OTHER, WRAPS_UP, SUPERVISOR]
const USERS = [...LISTENERS, STRANGER]

export const extensionOf = (user: string): string => (user === SUPERVISOR ? '1001001' : user)

const DIRECTORY = sampleWith({
  changes: [
    withSettings('enableDropParticipantFor: conference_controller_and_supervisor'),
    ['extensions: ["1003"]\n', 'extensions: ["1003"]\n    settings: { wrapUpOnIncoming: REQUIRED }\n'],
    ['wrapUpOnIncoming: OPTIONAL, wrapUpOnOutgoing: REQUIRED', 'wrapUpOnIncoming: NOT_ALLOWED'],
  ],
})

/** More than a call rings, an agent wraps up, or a failed call stays. */
const LONG = 900

const dropOf = (user: string): string =>
  `<Dialog><requestedAction>DROP</requestedAction><targetMediaAddress>${extensionOf(user)}</targetMediaAddress></Dialog>`

/** A call as the administrator sees it. */
export interface Seen {
  /** The whole answer. */
  readonly body: string
  /** Empty if there is no such call any more. */
  readonly state: string
  readonly wrapUpReason: string
  /** States of the participants by their addresses. */
  readonly legs: Readonly<Record<string, string>>
}

export class Desk {
  readonly #on: Site
  readonly #clients: ReadonlyMap<string, FinesseClient>
  readonly #administrator: FinesseClient

  private constructor(on: Site, clients: ReadonlyMap<string, FinesseClient>) {
    this.#on = on
    this.#clients = clients
    this.#administrator = on.restOnly(ADMINISTRATOR)
  }

  static async open(): Promise<Desk> {
    const on = await site({ directory: DIRECTORY })
    const clients = new Map<string, FinesseClient>()
    for (const user of USERS) {
      const client = LISTENERS.includes(user) ? await on.client(user) : on.restOnly(user)
      await client.putUser(`<state>LOGIN</state><extension>${extensionOf(user)}</extension>`)
      clients.set(user, client)
    }
    const desk = new Desk(on, clients)
    await desk.hears()
    return desk
  }

  close(): Promise<void> {
    return this.#on.close()
  }

  #client(user: string): FinesseClient {
    if (user === ADMINISTRATOR) return this.#administrator
    const client = this.#clients.get(user)
    if (!client) throw new Error(`nobody is ${user}`)
    return client
  }

  /** A request about a call. */
  puts(user: string, call: string, body: string, requestId?: string): Promise<RestAnswer> {
    return this.#client(user).put(`Dialog/${call}`, body, requestId)
  }

  /** An action of the script, which must be accepted. */
  async acts(user: string, call: string, action: string, more = ''): Promise<void> {
    await this.#client(user).dialog(
      call,
      action,
      undefined,
      `<targetMediaAddress>${extensionOf(user)}</targetMediaAddress>${more}`,
    )
  }

  /** A customer calls the extension of an agent. Returns the id of the call. */
  async customerCalls(user: string, from = '5550100'): Promise<string> {
    const { status, body } = await this.#on.acd('POST', '/calls', { from, to: extensionOf(user) })
    expect(status).toBe(201)
    return String(body.id)
  }

  /** An agent calls. Returns the id of the call. */
  async calls(user: string, to: string): Promise<string> {
    const addresses = `<fromAddress>${extensionOf(user)}</fromAddress><toAddress>${extensionOf(to)}</toAddress>`
    const { status } = await this.#client(user).post(
      `User/${user}/Dialogs`,
      `<Dialog><requestedAction>MAKE_CALL</requestedAction>${addresses}</Dialog>`,
    )
    expect(status).toBe(202)
    return this.callsOf(user).at(-1) ?? ''
  }

  /** Ids of the calls that an agent is told about, the oldest one first. */
  callsOf(user: string): readonly string[] {
    return (this.#on.server.engine.get.dialogs(user, 'voice') ?? []).map(({ id }) => id)
  }

  async sees(call: string): Promise<Seen> {
    const { status, body } = await this.#administrator.get(`Dialog/${call}`)
    if (status === 404) return { body, state: '', wrapUpReason: '', legs: {} }
    const dialog = parseTree(body)
    const participants = at(dialog, 'participants')
    return {
      body,
      state: valueAt(dialog, 'state') ?? '',
      wrapUpReason: valueAt(dialog, 'mediaProperties/wrapUpReason') ?? '',
      legs: Object.fromEntries(
        (participants?.children ?? []).map((each) => [
          valueAt(each, 'mediaAddress') ?? '',
          valueAt(each, 'state') ?? '',
        ]),
      ),
    }
  }

  /** The actions that participants are shown, by their addresses. */
  async actionsOn(call: string): Promise<Readonly<Record<string, readonly string[]>>> {
    const participants = at(parseTree((await this.sees(call)).body), 'participants')?.children ?? []
    return Object.fromEntries(
      participants.map((each) => [
        valueAt(each, 'mediaAddress') ?? '',
        (at(each, 'actions')?.children ?? []).map(({ text }) => text),
      ]),
    )
  }

  /** The notifications of agents since the last time, with who got them. */
  async hears(
    users: readonly string[] = LISTENERS,
  ): Promise<readonly { readonly user: string; readonly news: Received }[]> {
    const heard = []
    for (const user of users) for (const news of await this.#client(user).readsUntilMark()) heard.push({ user, news })
    return heard
  }

  /** Ends all calls. Those that agents cannot drop end when time passes. */
  async clears(): Promise<void> {
    for (const user of USERS) for (const call of this.callsOf(user)) await this.puts(user, call, dropOf(user))
    if (this.#areBusy) await this.#on.passes(LONG)
    expect(this.#areBusy).toBe(false)
  }

  get #areBusy(): boolean {
    return USERS.some((user) => this.callsOf(user).length > 0)
  }
}
