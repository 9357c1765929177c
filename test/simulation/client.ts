/** The client of one agent. It sees only what notifications and reads tell it, and acts on that alone. */
import type { TaskAction } from '../../machines/wire.ts'
import { at, childrenOf, objectOf, parseTree, type Tree, valueAt } from '../conformance/tree.ts'
import type { Listener, Service } from './service.ts'

interface SeenDialog {
  readonly id: string
  readonly state: string
  readonly actions: readonly string[]
  /** The actions of the client's own leg of a call. */
  readonly own: readonly string[]
}

/** A dialog as the client `user` sees it, with the actions of all parties. */
function seenIn(dialog: Tree, user: string): SeenDialog {
  const parties = at(dialog, 'participants')?.children ?? []
  const actionsOf = (party: Tree) => (at(party, 'actions')?.children ?? []).map(({ text }) => text)
  const own = parties.filter((party) => valueAt(party, 'mediaAddress') === user).flatMap(actionsOf)
  const actions = parties.flatMap(actionsOf)
  return { id: valueAt(dialog, 'id') ?? '', state: valueAt(dialog, 'state') ?? '', actions, own }
}

const ORDER: readonly string[] = ['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'TRANSFER', 'CLOSE']

export class Client {
  readonly user: string
  readonly #supervisor: boolean
  readonly #note: (line: string) => void
  /** Whether the agent wants to be connected. */
  wanted = false
  session: string | undefined
  /** All sessions so far, oldest first. */
  readonly sessions: string[] = []
  readonly #dialogs = new Map<string, SeenDialog>()

  constructor(user: string, supervisor: boolean, note: (line: string) => void) {
    this.user = user
    this.#supervisor = supervisor
    this.#note = note
  }

  /** The nonvoice dialogs or the calls that it sees. */
  seen(kind: 'task' | 'call'): readonly SeenDialog[] {
    return [...this.#dialogs.values()].filter(({ id }) => id.includes('_') === (kind === 'task'))
  }

  /** One of the actions that it sees at a dialog. Choice 0 is the one that advances the work. */
  static choose({ actions }: SeenDialog, choice: number): TaskAction | undefined {
    const known = ORDER.filter((each) => actions.includes(each))
    const action = known[choice % Math.max(1, known.length)]
    return TASK_ACTIONS.find((each) => each === action)
  }

  connect(service: Service): boolean {
    this.wanted = true
    if (this.session !== undefined && service.has(this.session)) return false
    const session = `${this.user}@localhost/s${this.sessions.length + 1}`
    if (!service.arrive(this.#listener(session))) return false
    this.session = session
    this.sessions.push(session)
    return true
  }

  /** Takes the dialogs that it reads after it has connected. */
  read(xml: string): void {
    this.#dialogs.clear()
    for (const each of childrenOf(parseTree(xml), 'Dialog')) {
      const dialog = seenIn(each, this.user)
      this.#dialogs.set(dialog.id, dialog)
    }
  }

  #listener(session: string): Listener {
    const own = `/finesse/api/User/${this.user}`
    const nodes = [own, `${own}/Media`, `${own}/Dialogs`, `${own}/Dialogs/Media`, '/finesse/api/SystemInfo']
    if (this.#supervisor) nodes.push('/finesse/api/Team/2001/Users')
    return { user: this.user, session, nodes: new Set(nodes), hear: (update) => this.#hear(update) }
  }

  #hear(update: string): void {
    this.#note(`${this.user} hears ${update}`)
    if (!/<[dD]ialog>/.test(update)) return
    const document = parseTree(update)
    const [data] = at(document, 'data')?.children ?? []
    if (!data) return
    const dialog = seenIn(objectOf(data), this.user)
    if (valueAt(document, 'event') === 'DELETE') this.#dialogs.delete(dialog.id)
    else this.#dialogs.set(dialog.id, dialog)
  }
}

const TASK_ACTIONS = ['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE', 'TRANSFER'] as const
