/** The desktop of one agent: it shows what the notifications say, and sends what the agent presses. */
import { Known } from './known.ts'
import type { Connect, Place } from './notifications.ts'
import { Panel } from './panel.ts'
import { action, makeCall, signIn, state } from './requests.ts'
import type { Rest } from './rest.ts'
import { all, text, written } from './xml.ts'

export interface Agent {
  readonly user: string
  readonly extension: string
  readonly password: string
}

/** A user and the user's calls, as text to compare. */
export interface Copy {
  readonly user: string
  readonly dialogs: readonly string[]
}

const insideOf = (element: Element | undefined): string => [...(element?.children ?? [])].map(written).join('')

const copyOf = (user: Element | undefined, dialogs: readonly Element[]): Copy => ({
  user: insideOf(user),
  dialogs: dialogs.map(insideOf).sort(),
})

export class Desktop {
  readonly panel: Panel
  readonly #agent: Agent
  readonly #rest: Rest
  readonly #known: Known
  /** Number of notifications. */
  #heard = 0

  constructor(name: string, agent: Agent, rest: Rest) {
    this.#agent = agent
    this.#rest = rest
    this.#known = new Known(agent.user)
    const { user, extension } = agent
    this.panel = new Panel(name, extension, {
      signIn: () => this.#send('PUT', `User/${user}`, signIn(extension)),
      state: (wanted) => this.#send('PUT', `User/${user}`, state(wanted)),
      call: (typed) => this.#send('POST', `User/${user}/Dialogs`, makeCall(extension, typed)),
      act: (dialog, name, typed) => this.#send('PUT', `Dialog/${dialog}`, action(name, extension, typed)),
    })
  }

  /** Connects first and reads then, so that no change is missed. */
  async start(connect: Connect, place: Place): Promise<void> {
    const { user, password } = this.#agent
    await connect(place, user, password, (node, update) => {
      this.#heard += 1
      this.#known.hear(node, update)
      this.panel.show(this.#known)
    })
    const reasons = await this.#rest.get(`User/${user}/WrapUpReasons`)
    this.panel.reasons(all(reasons, 'WrapUpReason').map((reason) => text(reason, 'label')))
    await this.#begin()
    this.panel.show(this.#known)
  }

  /** If a notification comes while the server answers, the answer may be older, and is read again. */
  async #begin(): Promise<void> {
    const before = this.#heard
    const { user, dialogs } = await this.#read()
    if (this.#heard > before) return this.#begin()
    this.#known.begin(user, dialogs)
  }

  /** What the notifications have made of the user and the calls. */
  notified(): Copy {
    return copyOf(this.#known.user, [...this.#known.dialogs.values()])
  }

  /** What the server has. */
  async served(): Promise<Copy> {
    const { user, dialogs } = await this.#read()
    return copyOf(user, all(dialogs, 'Dialog'))
  }

  async #read(): Promise<{ readonly user: Element; readonly dialogs: Element }> {
    const { user } = this.#agent
    return { user: await this.#rest.get(`User/${user}`), dialogs: await this.#rest.get(`User/${user}/Dialogs`) }
  }

  #send(method: 'PUT' | 'POST', path: string, body: Element): void {
    this.#known.problem = ''
    this.#rest.send(method, path, body).catch((error: unknown) => {
      this.#known.problem = String(error)
      this.panel.show(this.#known)
    })
  }
}
