/** Random work of agents, customers, a supervisor and a password guesser. Records what the server has acknowledged. */
import { JXT } from 'stanza'
import { Client, type Item, request } from './client.ts'
import type { Random } from './random.ts'
import type { At } from './server-process.ts'

export const AGENTS = ['1001', '1002', '1003', '1004'] as const
export const SUPERVISOR = '1234'
const GUESSED = ['1901', '1902'] as const
const MRDS = ['5001', '5002', '5003'] as const
const SELECTORS = ['email_support', 'chat_sales', 'social_support'] as const
const NODES = ['Team/2001/Users', 'Team/2002/Users', 'User/1001', 'User/1002/Media', 'User/1004/Dialogs/Media'].map(
  (path) => `/finesse/api/${path}`,
)
/** `lockout` of `directory.yaml`. */
const LOCKOUT = { attempts: 3, ms: 4000 }

/** What the server has acknowledged. */
export interface Acknowledged {
  /** Commands by their ids. */
  readonly requests: Map<string, string>
  /** Ids of tasks and calls. */
  readonly made: Set<string>
  readonly abandoned: Set<string>
  readonly hungUp: Set<string>
  /** Whether each node is subscribed; `undefined` while that is unknown. */
  readonly subscriptions: Map<string, boolean | undefined>
  /** Locked accounts, with the earliest time at which each lock can end (ms). */
  readonly locks: Map<string, number>
}

/** A command of an agent. */
interface Sent {
  readonly id: string
  readonly user: string
  readonly path: string
  readonly body: string
}

/** Where clients work. */
export interface Places {
  /** Of this user; without one: of customers. */
  of(user?: string): { readonly at: At; readonly generation: number }
  /** There was no answer. Returns whether the client goes on, perhaps at another place. */
  lost(user?: string): Promise<boolean>
}

/** The clients and what they know. They live longer than the server processes. */
export class Crew {
  readonly agents: readonly Agent[]
  readonly supervisor = new Client(SUPERVISOR, undefined, 'supervisor')
  readonly acknowledged: Acknowledged = {
    requests: new Map(),
    made: new Set(),
    abandoned: new Set(),
    hungUp: new Set(),
    subscriptions: new Map(),
    locks: new Map(),
  }
  /** Answers that no client should get. */
  readonly wrong: string[] = []
  /** Requests and events, newest last. */
  readonly history: string[] = []
  /** How often each kind of request succeeded. */
  readonly counts = new Map<string, number>()
  readonly tasks: string[] = []
  readonly calls: string[] = []
  /** Nodes whose subscription was changed, or may have been, with the present process. */
  readonly changed = new Set<string>()
  readonly #failures = new Map<string, number>()
  /** The latest time at which the lock of each account can end (ms). */
  readonly #ends = new Map<string, number>()
  /** Accounts for which it is unknown how many wrong tries the server has counted. */
  readonly #unsure = new Set<string>()
  readonly #mayBeOut: boolean
  readonly #unanswered: Sent[] = []
  #requests = 0

  /** `mayBeOut`: the server may be out of service (503) now and then. By default that is wrong. */
  constructor(mayBeOut = false) {
    this.#mayBeOut = mayBeOut
    this.agents = AGENTS.map((user) => new Agent(user))
  }

  get clients(): readonly Client[] {
    return [...this.agents.map(({ client }) => client), this.supervisor]
  }

  /** Requests that were answered so far. */
  answers = 0

  note(what: string): void {
    if (/^[2-5]\d\d /.test(what)) this.answers += 1
    this.history.push(`${new Date().toISOString()} ${what}`)
    if (this.history.length > 5000) this.history.shift()
  }

  /** All clients work until the server is gone, or until `isOver`. */
  async work(at: At, generation: number, random: Random, isOver: () => boolean): Promise<void> {
    const places: Places = { of: () => ({ at, generation }), lost: async () => false }
    const guessing = this.#loop(isOver, random.fork(), (own) => this.#guess(at, own))
    await Promise.all([this.workAt(places, random, isOver), guessing])
  }

  /** The same at several places, without the password guesser, because each process counts anew. */
  async workAt(places: Places, random: Random, isOver: () => boolean): Promise<void> {
    const loop = (user: string | undefined, step: (own: Random) => Promise<boolean>) =>
      this.#loop(isOver, random.fork(), async (own) => (await step(own)) || places.lost(user))
    await Promise.all([
      ...this.agents.map((agent) => {
        const { user } = agent.client
        return loop(user, (own) => this.#agentStep(places.of(user), agent, own))
      }),
      loop(undefined, (own) => this.#customerStep(places.of().at, own)),
      loop(undefined, (own) => this.#customerStep(places.of().at, own)),
      loop(SUPERVISOR, (own) => this.#supervisorStep(own)),
    ])
  }

  async #loop(isOver: () => boolean, own: Random, step: (own: Random) => Promise<boolean>): Promise<void> {
    while (!isOver()) if (!(await step(own))) return
  }

  /** Sends a command of an agent. True when the server answered. */
  async command(at: At, user: string, path: string, body: string): Promise<boolean> {
    this.#requests += 1
    return this.#send(at, { id: `r${this.#requests}`, user, path, body })
  }

  /** Sends the commands again that got no answer, or none that says whether they were done. */
  async repeats(at: At): Promise<void> {
    for (const each of this.#unanswered.splice(0)) {
      this.count('sent again')
      await this.#send(at, each)
    }
  }

  /** With a server that may be out of service the id is a key that is surely unique, because commands are sent again. */
  async #send(at: At, command: Sent): Promise<boolean> {
    const { id, user, path, body } = command
    const what = `${id} ${user} PUT ${path} ${body}`
    const named = this.#mayBeOut ? { key: id } : { requestId: id }
    const { status, body: text } = await request(at, `${user}:secret`, 'PUT', `/finesse/api/${path}`, {
      body,
      ...named,
    })
    this.note(`${status} ${what}`)
    if (status >= 200 && status < 300) this.acknowledged.requests.set(id, what)
    if (status < 300)
      this.count(
        body
          .replaceAll(/<[^>]*>/g, ' ')
          .trim()
          .split(/ +/)[0] ?? '',
      )
    if (status === 0 || status === 503) this.#unanswered.push(command)
    if (this.#isWrong(status)) this.wrong.push(`${what} was answered ${status} ${text}`)
    return status !== 0
  }

  /** Some agents sign out of everything at the same time. Resolves after the last answer. */
  async signOut(at: At, random: Random): Promise<void> {
    const leaving = this.agents.filter(({ client }) => client.session && random.chance(0.7))
    await Promise.all(
      leaving.map(async ({ client: { user } }) => {
        await Promise.all(
          MRDS.map((mrd) =>
            this.command(at, user, `User/${user}/Media/${mrd}`, '<Media><state>LOGOUT</state></Media>'),
          ),
        )
        for (const state of ['NOT_READY', 'LOGOUT'])
          await this.command(at, user, `User/${user}`, `<User><state>${state}</state></User>`)
      }),
    )
  }

  async acd(at: At, method: string, path: string, body?: object) {
    const json = body === undefined ? {} : { body: JSON.stringify(body), type: 'application/json' }
    const answer = await request(at, 'admin:secret', method, `/acd${path}`, json)
    this.note(`${answer.status} ${method} /acd${path} ${json.body ?? ''} ${answer.body.slice(0, 60)}`)
    if (this.#isWrong(answer.status)) this.wrong.push(`${method} ${path} was answered ${answer.status} ${answer.body}`)
    if (answer.status > 0 && answer.status < 300) this.count(`${method} ${path.replace(/\d.*/, '')}`)
    return answer
  }

  async #agentStep({ at, generation }: ReturnType<Places['of']>, { client, dialogs }: Agent, random: Random) {
    const { user } = client
    const mrd = random.of(MRDS) ?? ''
    const media = (inner: string) => this.command(at, user, `User/${user}/Media/${mrd}`, `<Media>${inner}</Media>`)
    const state = (value: string) => this.command(at, user, `User/${user}`, `<User><state>${value}</state></User>`)
    const dice = random.whole(100)
    const dialog = random.of([...dialogs])
    if (dice < 50 && dialog) {
      const [id, actions] = dialog
      const action = random.of(actions.filter((each) => each !== 'CLOSE' || random.chance(0.5)))
      if (action === undefined) return true
      const target = action === 'TRANSFER' ? `<target>${random.of(SELECTORS)}</target>` : ''
      const address = id.includes('_') ? '' : `<targetMediaAddress>${user}</targetMediaAddress>`
      return this.command(
        at,
        user,
        `Dialog/${id}`,
        `<Dialog><requestedAction>${action}</requestedAction>${target}${address}</Dialog>`,
      )
    }
    if (dice < 58)
      return this.command(at, user, `User/${user}`, `<User><state>LOGIN</state><extension>${user}</extension></User>`)
    if (dice < 64) return state(random.chance(0.1) ? 'LOGOUT' : random.chance(0.8) ? 'READY' : 'NOT_READY')
    if (dice < 75) {
      const action = random.of(['ACCEPT', 'ACCEPT', 'IGNORE'])
      const atSignOut = random.of(['CLOSE', 'TRANSFER'])
      const limit = 1 + random.whole(3)
      return media(
        `<state>LOGIN</state><maxDialogLimit>${limit}</maxDialogLimit><interruptAction>${action}</interruptAction><dialogLogoutAction>${atSignOut}</dialogLogoutAction>`,
      )
    }
    if (dice < 94) {
      const next = random.chance(0.04) ? 'LOGOUT' : random.chance(0.9) ? 'READY' : 'NOT_READY'
      return media(`<state>${next}</state>`)
    }
    if (dice < 96) return media(`<routable>${random.chance(0.8)}</routable>`)
    if (client.session && dice < 98) {
      this.note(`${user} leaves`)
      await client.leave()
    } else if (!client.session) {
      this.note(`${user} comes`)
      return client.connect(at, generation)
    }
    return true
  }

  async #customerStep(at: At, random: Random): Promise<boolean> {
    const dice = random.whole(100)
    const pinned = random.chance(0.2) ? { agentId: random.of(AGENTS) } : {}
    if (dice < 70) {
      const scriptSelector = random.of(pinned.agentId === '1003' ? SELECTORS.slice(0, 2) : SELECTORS)
      const { status, body } = await this.acd(at, 'POST', '/tasks', { scriptSelector, ...pinned })
      this.#made(status, body, this.tasks)
      return status !== 0
    }
    if (dice < 82) {
      const { status, body } = await this.acd(at, 'POST', '/calls', { from: '5550100', to: random.of(AGENTS) })
      this.#made(status, body, this.calls)
      return status !== 0
    }
    if (dice < 92) {
      const task = random.of(this.tasks.slice(-20))
      if (task === undefined) return true
      const { status } = await this.acd(at, 'DELETE', `/tasks/${task}`)
      if (status === 200) this.acknowledged.abandoned.add(task)
      return status !== 0
    }
    const call = random.of(this.calls.slice(-4))
    if (call === undefined) return true
    const { status } = await this.acd(at, 'POST', `/calls/${call}`, { action: 'HANGUP' })
    if (status === 200) this.acknowledged.hungUp.add(call)
    return status !== 0
  }

  #made(status: number, body: string, list: string[]): void {
    if (status !== 201) return
    const { id }: { id?: unknown } = Object(JSON.parse(body))
    this.acknowledged.made.add(String(id))
    list.push(String(id))
  }

  async #supervisorStep(random: Random): Promise<boolean> {
    const node = random.of(NODES) ?? ''
    const change = random.chance(0.7) ? 'subscribe' : 'unsubscribe'
    const { subscriptions } = this.acknowledged
    const wanted = change === 'subscribe'
    if ((subscriptions.get(node) ?? false) === wanted && subscriptions.has(node)) {
      await pause(20)
      return this.supervisor.session !== undefined
    }
    const was = subscriptions.get(node)
    subscriptions.set(node, undefined)
    this.changed.add(node)
    const done = await this.supervisor.subscription(change, node)
    this.note(`${SUPERVISOR} ${change} ${node}: ${done}`)
    if (done) {
      subscriptions.set(node, wanted)
      this.count(change)
    } else if (this.supervisor.session) {
      // The server refuses to unsubscribe what is not subscribed.
      if (wanted && !this.#mayBeOut) this.wrong.push(`${SUPERVISOR} could not subscribe to ${node}`)
      subscriptions.set(node, change === 'unsubscribe' && was === undefined ? false : was)
    }
    await pause(20)
    return this.supervisor.session !== undefined
  }

  /** Tries wrong passwords until the account is locked, and sometimes the right one. */
  async #guess(at: At, random: Random): Promise<boolean> {
    const account = random.of(GUESSED) ?? ''
    const { locks } = this.acknowledged
    const until = locks.get(account) ?? 0
    const isRight = random.chance(0.2)
    const password = isRight ? 'secret' : 'guess'
    const began = Date.now()
    const { status } = await request(at, `${account}:${password}`, 'GET', `/finesse/api/User/${account}`)
    this.note(`${status} ${account} with ${isRight ? 'the right' : 'a wrong'} password`)
    if (status === 200 && Date.now() < until) this.wrong.push(`${account} is locked until ${until} and was let in`)
    if (status === 200) {
      this.#failures.set(account, 0)
      this.#unsure.delete(account)
    }
    // Without an answer, or near the end of a lock, it is unknown whether the server counted this try. The count is
    // known again after the next success.
    const now = Date.now()
    const ends = this.#ends.get(account) ?? 0
    if (!isRight && (status === 0 || (now >= until && began <= ends))) this.#unsure.add(account)
    if (status === 401 && !isRight && began > ends && !this.#unsure.has(account)) {
      const failures = (this.#failures.get(account) ?? 0) + 1
      this.#failures.set(account, failures % LOCKOUT.attempts)
      if (failures >= LOCKOUT.attempts) {
        // The lock began when the last try was checked, which was after it was sent.
        locks.set(account, began + LOCKOUT.ms)
        this.#ends.set(account, now + LOCKOUT.ms)
        this.count('lock-out')
      }
    }
    await pause(15)
    return status !== 0
  }

  /** Forgets the counts, because a new process does not know the wrong passwords of the one before. */
  restarted(): void {
    this.#failures.clear()
    this.changed.clear()
  }

  #isWrong(status: number): boolean {
    return status >= 500 && !(status === 503 && this.#mayBeOut)
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by)
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** An agent, with id and allowed actions of the dialogs that its notifications named. */
class Agent {
  readonly client: Client
  readonly dialogs = new Map<string, readonly string[]>()

  constructor(user: string) {
    this.client = new Client(user, (item) => this.#hear(item))
  }

  #hear({ text }: Item): void {
    if (!text.includes('ialog>')) return
    const update = JXT.parse(text)
    const dialog = descendant(update, 'Dialog') ?? descendant(update, 'dialog')
    const id = dialog && descendant(dialog, 'id')?.getText()
    if (!dialog || id === undefined) return
    if (descendant(update, 'event')?.getText() === 'DELETE') {
      this.dialogs.delete(id)
      return
    }
    const all = [...dialog.toString().matchAll(/<action>([A-Z_]+)<\/action>/g)].map(([, action = '']) => action)
    const known = ['ANSWER', 'DROP', 'ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER']
    this.dialogs.set(
      id,
      all.filter((action) => known.includes(action)),
    )
  }
}

function descendant(element: JXT.XMLElement, name: string): JXT.XMLElement | undefined {
  for (const child of element.children) {
    if (typeof child === 'string') continue
    const found = child.name === name ? child : descendant(child, name)
    if (found) return found
  }
  return undefined
}
