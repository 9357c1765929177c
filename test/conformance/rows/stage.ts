/**
 * The agents of a row test, and what happens around them. The server is that of the theatre: one in this process, or a
 * server that is named. Agents read their notifications as short lines and compare them with GET. At
 * the end of every test all notifications must have been read.
 *
 * Lines: `MN 5001 READY routable`, `DN POST 1000_1001_5001 OFFERED`, `DN DELETE … CLOSED CD_NORMAL_END_TASK`,
 * `EN 5001 14 E_ARM_STAT_… #requestId`, `SN OUT_OF_SERVICE` (`story/line.ts`). The test checks the line. The
 * story of the stage (`story/story.ts`) checks everything else in the notification and in the answers to GET.
 */
import { expect } from 'vitest'
import type { Side } from '../../../machines/wire.ts'
import type { FinesseClient, Received, RestAnswer } from '../finesse-client.ts'
import { mediaOf, mediaWords } from '../story/line.ts'
import type { Story } from '../story/story.ts'
import type { AcdAnswer } from '../story/witness.ts'
import { at, childrenOf, parseTree, valueAt } from '../tree.ts'

/** Interruptible, Start Timeout 120 s. */
export const EMAIL = '5001'
/** Not interruptible, Start Timeout 30 s. */
export const CHAT = '5002'
/** Interruptible, Start Timeout 60 s. */
export const SOCIAL = '5003'

/** The side leaves service. Nothing else is published until it is back (`notifications 12.3`, ruling 29). */
export const OUT_OF_SERVICE = 'SN OUT_OF_SERVICE'
/** The side is back. This is the first notification then. */
export const IN_SERVICE = 'SN IN_SERVICE'

export const SELECTOR: Readonly<Record<string, string>> = {
  [EMAIL]: 'email_support',
  [CHAT]: 'chat_sales',
  [SOCIAL]: 'social_support',
}

/** Lines of the sample directory and what stands there instead: `[old, new]`. */
export interface DirectoryChanges {
  readonly changes: readonly (readonly [string, string])[]
}

/** The sample directory with some lines replaced, each found exactly once. */
export const directoryWith = (...changes: DirectoryChanges['changes']): DirectoryChanges => ({ changes })

/** A setting of the directory, as a change of the sample. */
export const withSettings = (settings: string): readonly [string, string] => [
  'platform: CCE\n',
  `platform: CCE\nsettings: { ${settings} }\n`,
]

export interface SignIn {
  readonly limit?: number
  readonly interrupt?: 'ACCEPT' | 'IGNORE'
  readonly logout?: 'CLOSE' | 'TRANSFER'
  /** False: stays NOT_READY. */
  readonly ready?: boolean
}

export const signInBody = ({ limit = 3, interrupt = 'ACCEPT', logout }: SignIn = {}): string =>
  `<state>LOGIN</state><maxDialogLimit>${limit}</maxDialogLimit><interruptAction>${interrupt}</interruptAction>` +
  (logout === undefined ? '' : `<dialogLogoutAction>${logout}</dialogLogoutAction>`)

/** Actions that lead from OFFERED to a state. */
const WAY = {
  OFFERED: [],
  ACCEPTED: ['ACCEPT'],
  ACTIVE: ['ACCEPT', 'START'],
  PAUSED: ['ACCEPT', 'START', 'PAUSE'],
  WRAPPING_UP: ['ACCEPT', 'START', 'WRAP_UP'],
} as const

export type OpenState = keyof typeof WAY

export interface Offered {
  /** Id of the task in the ACD. */
  readonly task: string
  /** Id of the dialog in the notification to the agent. */
  readonly dialog: string
}

/** A task of the ACD as `GET /acd/tasks/{id}` shows it. */
export interface AcdTask {
  readonly id: string
  readonly state: string
  readonly mrdId: string
  readonly scriptSelector: string
  readonly dialogId: string | null
  readonly agentId: string | null
  readonly resubmittedAs: string | null
  readonly variables: Readonly<Record<string, string>>
}

/** The server of a test, as its clients and its customers reach it. */
export interface Ground {
  /** A connected client with presence. */
  client(user: string): Promise<FinesseClient>
  /** A client without XMPP. */
  restOnly(user: string, password?: string): FinesseClient
  /** A request to `/acd` by the administrator, or what takes its place. */
  acd(method: string, path: string, body?: object): Promise<AcdAnswer>
  /** Time passes. */
  passes(seconds: number): Promise<void>
  /**
   * Time without a notification that means that no more comes, in ms. If it is not there, the server refuses a sign-in
   * to voice as a medium, and the refusal marks the end.
   */
  readonly silence?: number
}

export class Agent {
  readonly user: string
  readonly client: FinesseClient
  readonly #on: Ground
  readonly #story: Story
  readonly #side: Side

  constructor(on: Ground, story: Story, client: FinesseClient, side: Side = 'A') {
    this.#on = on
    this.#story = story
    this.#side = side
    this.client = client
    this.user = client.user
  }

  // ------------------------------------------------------------------------------------------------ asks

  /** PUT to the Media object. The answer must be 202. */
  asks(mrd: string, inner: string, requestId?: string): Promise<void> {
    return this.client.media(mrd, inner, requestId)
  }

  state(mrd: string, state: string, requestId?: string, more = ''): Promise<void> {
    return this.asks(mrd, `<state>${state}</state>${more}`, requestId)
  }

  routable(mrd: string, routable: boolean, requestId?: string): Promise<void> {
    return this.asks(mrd, `<routable>${routable}</routable>`, requestId)
  }

  acts(dialog: string, action: string, requestId?: string, more = ''): Promise<void> {
    return this.client.dialog(dialog, action, requestId, more)
  }

  /** Signs in to an MRD, by default with a request for READY, and reads the notifications. */
  async signsIn(mrd: string, signIn: SignIn = {}): Promise<void> {
    await this.asks(mrd, signInBody(signIn))
    await this.hears(`MN ${mrd} NOT_READY routable`)
    if (signIn.ready === false) return
    await this.state(mrd, 'READY')
    await this.hears(`MN ${mrd} READY routable`)
  }

  /** Signs in to voice as well. */
  async signsInToVoice(state: 'READY' | 'NOT_READY' = 'READY'): Promise<void> {
    await this.client.putUser(`<state>LOGIN</state><extension>${this.user}</extension>`)
    await this.hears('UN NOT_READY')
    if (state === 'NOT_READY') return
    await this.client.putUser('<state>READY</state>')
    await this.hears('UN READY')
  }

  /** Gets a task of this MRD, brings its dialog into `state`, and reads the notifications. */
  async has(mrd: string, state: OpenState, task: object = {}): Promise<Offered> {
    const id = await submits(this.#on, { scriptSelector: SELECTOR[mrd], agentId: this.user, ...task })
    const heard = await this.drains()
    const dialog = heard.flatMap((line) => /^DN POST (\S+) OFFERED$/.exec(line)?.[1] ?? [])[0]
    if (dialog === undefined) throw new Error(`no dialog was offered: ${JSON.stringify(heard)}`)
    for (const action of WAY[state]) await this.acts(dialog, action)
    await this.drains()
    return { task: id, dialog }
  }

  // ------------------------------------------------------------------------------------------------ hears

  /** Checks that the next notifications are these, in this order. */
  async hears(...lines: readonly string[]): Promise<void> {
    const heard: string[] = []
    for (const _ of lines) heard.push(await this.#hear(await this.client.one()))
    expect(heard).toEqual(lines)
  }

  /** The next notification. */
  async next(): Promise<Received> {
    const news = await this.client.one()
    await this.#hear(news)
    return news
  }

  /** The line of a notification. The story checks the whole notification. */
  #hear(news: Received): Promise<string> {
    return this.#story.heard(this.user, this.#side, news)
  }

  /** All notifications that were sent up to now. */
  async drains(): Promise<readonly string[]> {
    const news = await this.#allSent()
    const heard: string[] = []
    for (const each of news) heard.push(await this.#hear(each))
    return heard
  }

  async #allSent(): Promise<readonly Received[]> {
    const { silence } = this.#on
    if (silence === undefined) return this.client.readsUntilMark()
    const all: Received[] = []
    for (let next = await this.client.oneWithin(silence); next; next = await this.client.oneWithin(silence))
      all.push(next)
    return all
  }

  /** Checks that nothing more was sent. */
  async hearsNothing(): Promise<void> {
    expect(await this.drains()).toEqual([])
  }

  // ------------------------------------------------------------------------------------------------ sees

  /** The answer to a GET. The story checks the whole document. */
  async get(path: string): Promise<RestAnswer> {
    const answer = await this.client.get(path)
    await this.#story.seen(this.user, this.#side, path, answer)
    return answer
  }

  /** The Media object by GET: `READY routable`. */
  async sees(mrd: string): Promise<string> {
    const { status, body } = await this.get(`User/${this.user}/Media/${mrd}`)
    expect(status).toBe(200)
    return mediaWords(mediaOf(parseTree(body)))
  }

  /** The state of the User object by GET. */
  async voice(): Promise<string | undefined> {
    return (await this.get(`User/${this.user}`)).value('state')
  }

  /** Values of the Media object by GET. */
  async media(mrd: string): Promise<(path: string) => string | undefined> {
    const { status, value } = await this.get(`User/${this.user}/Media/${mrd}`)
    expect(status).toBe(200)
    return value
  }

  /** State of a dialog by GET, or the status of a refusal. */
  async dialog(id: string): Promise<string> {
    const { status, value } = await this.get(`Dialog/${id}`)
    return status === 200 ? (value('state') ?? '') : String(status)
  }

  /** Dialogs of an MRD by GET: id and state. */
  async dialogs(mrd: string): Promise<Readonly<Record<string, string>>> {
    const { body } = await this.get(`User/${this.user}/Media/${mrd}/Dialogs`)
    const dialogs = childrenOf(parseTree(body), 'Dialog')
    return Object.fromEntries(dialogs.map((dialog) => [valueAt(dialog, 'id') ?? '', valueAt(dialog, 'state') ?? '']))
  }

  /** Actions that a dialog offers, by GET. */
  async actions(id: string): Promise<readonly string[]> {
    const { body } = await this.get(`Dialog/${id}`)
    const actions = at(parseTree(body), 'participants/Participant/actions')
    return actions ? childrenOf(actions, 'action').map(({ text }) => text) : []
  }
}

async function submits(on: Ground, task: object): Promise<string> {
  const { status, body } = await on.acd('POST', '/tasks', task)
  expect(status).toBe(201)
  return String(body.id)
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

export class Stage<Server extends Ground = Ground> {
  readonly on: Server
  readonly story: Story
  /** Agent 1001. */
  readonly agent: Agent
  readonly #agents: Agent[]

  constructor(on: Server, story: Story, agent: Agent) {
    this.on = on
    this.story = story
    this.agent = agent
    this.#agents = [agent]
  }

  /** One more agent. */
  async another(user: string): Promise<Agent> {
    const agent = new Agent(this.on, this.story, await this.on.client(user))
    this.#agents.push(agent)
    return agent
  }

  /** Advances the clock. Deadlines on the way expire. */
  passes(seconds: number): Promise<void> {
    return this.on.passes(seconds)
  }

  /** Submits a customer's task, for any agent unless `task` names one. Returns its id. */
  submits(mrd: string, task: object = {}): Promise<string> {
    return submits(this.on, { scriptSelector: SELECTOR[mrd], ...task })
  }

  async task(id: string): Promise<AcdTask> {
    const { status, body } = await this.on.acd('GET', `/tasks/${id}`)
    expect(status).toBe(200)
    return acdTask(body)
  }

  /** Ids and states of all tasks of an MRD. */
  async tasks(mrd: string): Promise<readonly string[]> {
    const { body } = await this.on.acd('GET', `/tasks?mrdId=${mrd}`)
    return Object.values(body).map((each) => (isRecord(each) ? `${each.id} ${each.state}` : ''))
  }

  async abandons(task: string): Promise<void> {
    expect((await this.on.acd('DELETE', `/tasks/${task}`)).status).toBe(200)
  }

  /** A call to an agent's extension. */
  async calls(user: string, variables?: Readonly<Record<string, string>>): Promise<string> {
    const more = variables === undefined ? {} : { variables }
    const { status, body } = await this.on.acd('POST', '/calls', { from: '5550100', to: user, ...more })
    expect(status).toBe(201)
    return String(body.id)
  }

  async fault(fault: object): Promise<void> {
    expect((await this.on.acd('POST', '/faults', fault)).status).toBe(200)
  }

  /** Checks that every agent has read all notifications. */
  async ends(): Promise<void> {
    for (const agent of this.#agents) await agent.hearsNothing()
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

function acdTask(body: Readonly<Record<string, unknown>>): AcdTask {
  const variables = isRecord(body.variables) ? body.variables : {}
  return {
    id: String(body.id),
    state: String(body.state),
    mrdId: String(body.mrdId),
    scriptSelector: String(body.scriptSelector),
    dialogId: textOrNull(body.dialogId),
    agentId: textOrNull(body.agentId),
    resubmittedAs: textOrNull(body.resubmittedAs),
    variables: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)])),
  }
}

// ------------------------------------------------------------------------------------------------ theatre

export interface StageOptions {
  /** The server needs another directory than the sample. */
  readonly directory?: DirectoryChanges
}

/** Where row tests are played: it has the server, or one for each test. */
export interface Theatre {
  /** Runs a test with agent 1001 connected. Fails if an agent has unread notifications at the end. */
  play(test: (stage: Stage) => Promise<void>, options: StageOptions): Promise<void>
}

let theatre: Theatre | undefined

/** From now on tests are played there. Returns where they were played before. */
export function playIn(where: Theatre | undefined): Theatre | undefined {
  const before = theatre
  theatre = where
  return before
}

/** Runs a test on the stage of the theatre. */
export async function onStage(test: (stage: Stage) => Promise<void>, options: StageOptions = {}): Promise<void> {
  if (!theatre) throw new Error('no theatre: call playIn first')
  await theatre.play(test, options)
}
