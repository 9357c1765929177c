/** A server with two sides and many agents. Each agent follows a story, has work, and is read on both sides. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { Side } from '../../../machines/wire.ts'
import { type LoadedDirectory, parseDirectory } from '../../../src/directory/index.ts'
import { RawClient } from '../../xmpp/support/raw-client.ts'
import { enter } from '../../xmpp/support/sign-in.ts'
import type { FinesseClient } from '../finesse-client.ts'
import { type Site, site, TWO_SIDES } from '../server.ts'
import { Oracle, type Settings, type Step } from './model.ts'

const EMAIL = '5001'
/** Start Timeout of E-mail in the sample. */
const START_TIMEOUT_MS = 120_000

/** The events of an agent before the event of the test: presence, sign-ins, and moves after there is work. */
export interface Story {
  readonly name: string
  readonly comes: readonly Step[]
  readonly signIns: readonly Step[]
  readonly moves: readonly Step[]
}

/** Late forced sign-outs by the former side are suppressed, because they are not tested here. */
function directoryFor(agents: number): LoadedDirectory {
  const text = readFileSync(new URL('../../../src/directory/sample.yaml', import.meta.url), 'utf8')
  const users = Array.from({ length: agents }, (_, at) => {
    const id = String(3000 + at)
    const names = `loginName: agent${id}, firstName: Agent, lastName: "${id}", password: secret`
    return `  - { id: "${id}", ${names}, teamId: "2001", extensions: ["${id}"], mediaRoutingDomains: ["${EMAIL}"] }\n`
  })
  const settings = 'platform: CCE\nsettings: { suppressCrossSideForcedLogout: true }\n'
  const more = text.replace('platform: CCE\n', settings).replace(/^users:\n/m, (line) => `${line}${users.join('')}`)
  const { directory, credentials } = parseDirectory(more, 'sample.yaml')
  return { directory, credentials }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

export class Acting {
  readonly #on: Site

  private constructor(on: Site) {
    this.#on = on
  }

  static async start(agents: number): Promise<Acting> {
    return new Acting(await site({ ...TWO_SIDES, directory: directoryFor(agents) }))
  }

  close(): Promise<void> {
    return this.#on.close()
  }

  /** Agents whose stories have been played. */
  async agents(stories: readonly Story[]): Promise<readonly ActingAgent[]> {
    const agents = stories.map((story, at) => new ActingAgent(this.#on, String(3000 + at), story))
    await Promise.all(agents.map((agent) => agent.comes()))
    return agents
  }

  /** Ends all sessions and sign-ins, and empties the queue. */
  async clear(agents: readonly ActingAgent[]): Promise<void> {
    await Promise.all(agents.map((agent) => agent.ends()))
    await this.#on.clock.advance(61_000)
    const { body } = await this.#on.acd('GET', '/tasks?state=queued')
    for (const task of Object.values(body))
      if (typeof task === 'object' && task !== null && 'id' in task)
        expect((await this.#on.acd('DELETE', `/tasks/${task.id}`)).status).toBe(200)
  }

  async link(side: Side, up: boolean): Promise<void> {
    const where = side === 'A' ? this.#on.atB : this.#on.at
    const { status } = await this.#on.acd('POST', '/faults', { type: 'acd-link', side, up }, where)
    expect(status).toBe(200)
  }

  startTimeout(): Promise<void> {
    return this.#on.clock.advance(START_TIMEOUT_MS)
  }
}

export class ActingAgent {
  readonly story: Story
  readonly oracle: Oracle
  readonly #on: Site
  readonly #user: string
  readonly #rest: Readonly<Record<Side, FinesseClient>>
  readonly #present: Partial<Record<Side, RawClient | undefined>> = {}
  #task = ''
  #call = ''

  constructor(on: Site, user: string, story: Story) {
    this.#on = on
    this.#user = user
    this.story = story
    this.oracle = new Oracle([...story.comes, ...story.signIns, ...story.moves])
    this.#rest = { A: on.restOnly(user, 'secret', on.at), B: on.restOnly(user, 'secret', on.atB) }
  }

  async comes(): Promise<void> {
    for (const step of this.story.comes) await this.#takes(step)
  }

  /** Signs in, has a dialog of E-mail, OFFERED or worked on, and moves. */
  async works(isActive: boolean): Promise<void> {
    for (const step of this.story.signIns) await this.#takes(step)
    await this.#rest.A.media(EMAIL, '<state>READY</state>')
    this.#task = await this.#submits()
    const dialog = String((await this.#acdTask(this.#task)).dialogId)
    if (isActive) for (const action of ['ACCEPT', 'START']) await this.#rest.A.dialog(dialog, action)
    for (const step of this.story.moves) await this.#takes(step)
  }

  /** A direct call is answered. */
  async talks(): Promise<void> {
    const { body } = await this.#on.acd('POST', '/calls', { from: '5550100', to: this.#user })
    this.#call = String(body.id)
    await this.#rest.A.dialog(this.#call, 'ANSWER', undefined, `<targetMediaAddress>${this.#user}</targetMediaAddress>`)
  }

  async ends(): Promise<void> {
    if (this.#call !== '') await this.#on.acd('POST', `/calls/${this.#call}`, { action: 'HANGUP' })
    await this.signsOut('A')
    for (const side of ['A', 'B'] as const) if (this.#present[side]) await this.#leaves(side)
  }

  signsOut(side: Side): Promise<void> {
    return this.#rest[side].media(EMAIL, '<state>LOGOUT</state>')
  }

  /** The number of tasks that the agent gets at a time, of many waiting ones. */
  async capacity(): Promise<number> {
    const tasks = [this.#task]
    for (let more = 0; more < 5; more += 1) tasks.push(await this.#submits())
    const states = await Promise.all(tasks.map(async (id) => (await this.#acdTask(id)).state))
    return states.filter((state) => state === 'reserved').length
  }

  /** The state of the agent's earlier task, at the ACD. */
  async task(): Promise<unknown> {
    return (await this.#acdTask(this.#task)).state
  }

  /** The Media object on a side. */
  async shown(side: Side): Promise<string> {
    const { status, value } = await this.#rest[side].get(`User/${this.#user}/Media/${EMAIL}`)
    if (status !== 200) return String(status)
    const routable = value('routable') === 'true' ? 'routable' : 'not routable'
    const settings = ['maxDialogLimit', 'interruptAction', 'dialogLogoutAction', 'mediaConnected'].map(value)
    return `${value('state')} ${routable}: ${settings.join(' ')}`
  }

  async #takes(step: Step): Promise<void> {
    const { does, side } = step
    if (does === 'comes') await this.#comes(side)
    else if (does === 'goes') await this.#leaves(side)
    else if (step.does === 'signs in') await this.#rest[side].media(EMAIL, signInBody(step.settings))
    else await this.#rest[side].putUser(`<state>LOGIN</state><extension>${this.#user}</extension>`)
  }

  /** Opens a session with presence. Its notifications are not read. */
  async #comes(side: Side): Promise<void> {
    const { server } = this.#on
    const port = (side === 'A' ? server : server.sideB)?.ports.xmpp
    if (typeof port !== 'number') throw new Error(`side ${side} has no XMPP port`)
    const session = await enter(await RawClient.open(port), this.#user)
    session.send('<presence/>')
    await session.until('<presence from="finesse@')
    this.#present[side] = session
  }

  /** Ends the session. Resolves when the engine knows it. */
  async #leaves(side: Side): Promise<void> {
    const { engine } = this.#on.server
    const isThere = () => engine.get.presence(this.#user)?.sides[side] === 'PRESENT'
    const session = this.#present[side]
    session?.send('</stream:stream>')
    await session?.end()
    this.#present[side] = undefined
    while (isThere()) await nextTurn()
  }

  async #submits(): Promise<string> {
    const { body } = await this.#on.acd('POST', '/tasks', { scriptSelector: 'email_support', agentId: this.#user })
    return String(body.id)
  }

  async #acdTask(id: string): Promise<Record<string, unknown>> {
    return (await this.#on.acd('GET', `/tasks/${id}`)).body
  }
}

const signInBody = ({ limit, interrupt, logout }: Settings) =>
  `<state>LOGIN</state><maxDialogLimit>${limit}</maxDialogLimit><interruptAction>${interrupt}</interruptAction>` +
  `<dialogLogoutAction>${logout}</dialogLogoutAction>`
