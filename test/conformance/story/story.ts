/**
 * The events on a site that its clients can know: accepted requests, notifications, and the tasks of the ACD. The
 * complete documents of notifications and of GET follow from them by the contract, without the product's own renderers.
 * Every document that a test gets is compared with the expected one, element by element.
 */
import type { Side } from '../../../machines/wire.ts'
import type { QueueFacts } from '../expected/call.ts'
import { expectedFailure } from '../expected/failure.ts'
import { expectedRefusal, NO_SUCH_DIALOG, OUT_OF_SERVICE, type RefusalFacts } from '../expected/refusal.ts'
import { expectedSystemInfo } from '../expected/system-info.ts'
import { expectedUpdate, expectedUserFailure } from '../expected/update.ts'
import type { Received, RestAnswer } from '../finesse-client.ts'
import { childrenOf, at as elementAt, group, leaf, objectOf, parseTree, type Tree, valueAt } from '../tree.ts'
import { type CallData, type CallOrigin, CallStories, type CampaignFacts, MONITOR_CALL } from './calls.ts'
import {
  callOf,
  type FailureLine,
  type Line,
  lineOf,
  mediaOf,
  type SystemLine,
  said,
  type TaskLine,
  taskOf,
  userOf,
} from './line.ts'
import { type Fault, Links } from './links.ts'
import { MediumStory } from './media.ts'
import type { Moments, Sources } from './sources.ts'
import { TaskStories } from './tasks.ts'
import { UserStory } from './users.ts'
import type { AcdAnswer, Witness } from './witness.ts'

const API = '/finesse/api/'
const SYSTEM_INFO = '/finesse/api/SystemInfo'

/** Media states that do not change interrupted dialogs. */
const KEEP_INTERRUPTED = ['INTERRUPTED', 'NOT_READY', 'LOGOUT', 'WORK_NOT_READY']

export class Story implements Witness {
  readonly #sources: Sources
  readonly #moments: Moments
  readonly #users = new Map<string, UserStory>()
  readonly #media = new Map<string, MediumStory>()
  readonly #tasks = new TaskStories(() => this.#sources.entries())
  readonly #calls = new CallStories((address) => this.#hasAgent(address))
  readonly #links = new Links()

  constructor(sources: Sources) {
    this.#sources = sources
    this.#moments = sources.moments
  }

  // ------------------------------------------------------------------------------------------------ asked

  before(): Promise<void> {
    return this.#moments.next()
  }

  accepted(side: Side, path: string, body: string): void {
    const [, user, mrd] = /^\/finesse\/api\/User\/([^/]+)(?:\/Media\/(\d+))?$/.exec(path) ?? []
    if (path.endsWith('/Dialogs')) return this.#tries(parseTree(body))
    const [, call] = /^\/finesse\/api\/Dialog\/(\d+)$/.exec(path) ?? []
    if (call !== undefined && body.includes('>CONSULT_CALL<')) return this.#consults(call, parseTree(body))
    if (user === undefined) return
    if (mrd === undefined) this.#user(user).asks(this.#moments.now, side, body)
    else this.#medium(user, mrd).asks(this.#moments.now, side, body)
  }

  #tries(dialog: Tree): void {
    const text = (path: string) => valueAt(dialog, path) ?? ''
    const to = text('toAddress')
    // Who barges in comes to a call that is there.
    if (text('requestedAction') === 'BARGE_CALL') return
    const isMonitor = text('requestedAction') === MONITOR_ACTION
    const variables = childrenOf(elementAt(dialog, 'mediaProperties/callvariables') ?? dialog, 'CallVariable')
    this.#calls.tries({
      from: text('fromAddress'),
      to,
      toQueue: QUEUES[to],
      variables: Object.fromEntries(variables.map((each) => [valueAt(each, 'name'), valueAt(each, 'value') ?? ''])),
      callType: isMonitor ? MONITOR_CALL : this.#hasAgent(to) || to in QUEUES ? 'AGENT_INSIDE' : 'OUT',
    })
  }

  #consults(call: string, dialog: Tree): void {
    const text = (path: string) => valueAt(dialog, path) ?? ''
    const to = text('toAddress')
    this.#calls.consults(call, { from: text('targetMediaAddress'), to, toQueue: QUEUES[to] })
  }

  #hasAgent(address: string): boolean {
    return this.#sources.entries().users.some(({ extensions }) => extensions.includes(address))
  }

  controlled(path: string, body: object | undefined, answer: AcdAnswer): void {
    const id = String(answer.body.id)
    if (path === '/faults' && answer.status === 200 && body) this.#fails(asFault(body))
    if (answer.status !== 201 || body === undefined) return
    const variables = 'variables' in body ? asVariables(body.variables) : {}
    if (path === '/tasks') this.#sources.submitted(id, variables)
    if (path === '/calls') this.#calls.begins(id, { ...addressesOf(body), variables }, this.#moments.now)
  }

  #fails(fault: Fault): void {
    this.#links.takes(fault, this.#moments.now)
    if (fault.type === 'peripheral-gateway' && !fault.up) this.#tasks.losesPriorStates()
  }

  /** A failover on CCX, of which nobody has heard yet: what Finesse does not know any more is empty from now on. */
  failsOver(): void {
    this.#calls.failsOver()
    for (const user of this.#users.values()) user.failsOver(this.#moments.now)
  }

  /** An agent changes the data of a call. */
  callHas(call: string, data: CallData): void {
    this.#calls.has(call, data)
  }

  /** A campaign calls these contacts from now on. */
  hasCampaign(campaign: CampaignFacts): void {
    this.#calls.hasCampaign(campaign)
  }

  /** At the moment at which it changed last, the leg comes back to the state that it had before. */
  comesBack(call: string, address: string): void {
    this.#calls.comesBack(call, address)
  }

  /** The interrupt of these dialogs is over, without a notification. They have their old states from now on. */
  givesBack(user: string, mrd: string): void {
    this.#tasks.givesBack(user, mrd, this.#moments.now)
  }

  /** The missed notifications about this user did not change the state. */
  stays(user: string): void {
    this.#user(user).stays()
  }

  // ------------------------------------------------------------------------------------------------ heard

  /** Checks the complete notification, and returns it as a line. */
  async heard(user: string, side: Side, news: Received): Promise<string> {
    const line = lineOf(user, news)
    if (!line) return `unexpected: ${news.node} ${news.text}`
    const at = this.#moments.of(news)
    if (line.kind === 'DN') await this.#learnsOf(line.dialog, at, shownIn(news.text))
    const about = `${said(line)}, told to ${user} on side ${side}`
    if (line.kind === 'SN') {
      const data = expectedSystemInfo('systemInfo', at, line.status, parseTree(news.text))
      const update = expectedUpdate({ data, event: 'PUT', requestId: '', source: SYSTEM_INFO })
      this.#told(news, update, SYSTEM_INFO, 'SystemInfo', about)
      return said(line)
    }
    const { node, update } = this.#notification(user, side, at, line)
    this.#told(news, update, `${API}User/${user}${node}`, KINDS[line.kind], about)
    return said(line)
  }

  #told(news: Received, update: Tree, node: string, kind: string, about: string): void {
    this.#sources.same(news.text, update, `notification: ${kind}`, about)
    this.#sources.same(nodeDocument(news.node), leaf('node', node), `node of notification: ${kind}`, about)
  }

  #notification(
    user: string,
    side: Side,
    at: number,
    line: Exclude<Line, SystemLine>,
  ): { readonly node: string; readonly update: Tree } {
    const { requestId } = line
    const own = `${API}User/${user}`
    const changed = (data: Tree, source: string) => expectedUpdate({ data, event: 'PUT', requestId, source })
    switch (line.kind) {
      case 'MN': {
        const data = this.#mediaTold(user, side, at, line.mrd, line.state, line.routable)
        return { node: '/Media', update: changed(data, `${own}/Media/${line.mrd}`) }
      }
      case 'UN': {
        const story = this.#user(user)
        const since = story.enters(line, at)
        return { node: '', update: changed(story.document('user', at, line, since), own) }
      }
      case 'DN': {
        const collection = `${own}/Media/${line.dialog.split('_')[2]}/Dialogs`
        return { node: '/Dialogs/Media', update: this.#dialogUpdate(line, collection, this.#taskTold(line, at)) }
      }
      case 'VN': {
        this.#calls.moves(line.dialog, line.legs, at, user)
        const root = line.event === 'PUT' ? 'dialog' : 'Dialog'
        const data = this.#calls.document(root, line.dialog, line.state, user)
        return { node: '/Dialogs', update: this.#dialogUpdate(line, `${own}/Dialogs`, data) }
      }
      case 'EN':
        return this.#failure(own, at, user, line)
    }
  }

  #mediaTold(user: string, side: Side, at: number, mrd: string, state: string, routable: string): Tree {
    const story = this.#medium(user, mrd)
    const before = story.state
    const since = story.enters(state, routable, at)
    if (state === 'INTERRUPTED' && before !== 'INTERRUPTED') this.#tasks.interrupts(user, mrd, at)
    if (!KEEP_INTERRUPTED.includes(state)) this.#tasks.givesBack(user, mrd, at)
    return story.document(side, at, { state, routable, connected: this.#links.isUp(side, at), changedAt: since })
  }

  #taskTold({ event, dialog, state, disposition }: TaskLine, at: number): Tree {
    const since = this.#tasks.enters(dialog, state, at)
    return this.#tasks.document(event === 'PUT' ? 'dialog' : 'Dialog', dialog, state, disposition, since)
  }

  #dialogUpdate(
    { event, dialog, requestId }: Pick<TaskLine, 'event' | 'dialog' | 'requestId'>,
    collection: string,
    data: Tree,
  ): Tree {
    return event === 'PUT'
      ? expectedUpdate({ data, event, requestId, source: `${API}Dialog/${dialog}` })
      : expectedUpdate({ data: group('dialogs', data), event, requestId, source: collection })
  }

  #failure(own: string, at: number, user: string, { about, code, message, mrd, dialog, requestId }: FailureLine) {
    if (about === 'user') {
      this.#user(user).refuses(at)
      const data = expectedFailure({ code, message })
      return { node: '', update: expectedUserFailure({ data, requestId, source: own }) }
    }
    if (about === 'call') {
      const data = expectedFailure({ code, message })
      // The call of a MAKE_CALL that was refused does not exist.
      const source = dialog === 'Dialogs' ? `${own}/Dialogs` : `${API}Dialog/${dialog}`
      return { node: '/Dialogs', update: expectedUpdate({ data, event: 'put', requestId, source }) }
    }
    const data = expectedFailure({ code, message, mrd })
    const ofTask = about === 'task'
    if (!ofTask) this.#medium(user, mrd).refuses(at)
    const source = ofTask ? `${API}Dialog/${dialog}` : `${own}/Media/${mrd}`
    const update = expectedUpdate({ data, event: 'PUT', requestId, source })
    return { node: ofTask ? '/Dialogs/Media' : '/Media', update }
  }

  // ------------------------------------------------------------------------------------------------ seen

  /** Checks the complete answer to a GET. `by`: the user who asks. */
  async seen(by: string, side: Side, path: string, answer: RestAnswer): Promise<void> {
    const about = `GET ${path} on side ${side}`
    if (answer.status === 503) return this.#refused(answer, OUT_OF_SERVICE, about)
    if (answer.status === 404 && path.startsWith('Dialog/')) return this.#refused(answer, NO_SUCH_DIALOG, about)
    if (answer.status !== 200) return
    const expected = await this.#document(by, side, path, parseTree(answer.body))
    if (expected) this.#sources.same(answer.body, expected, `GET ${kindOf(path)}`, about)
  }

  /** Compares a document that does not follow from what happened: configuration, refusals. */
  compares({ body }: Pick<RestAnswer, 'body'>, expected: Tree, kind: string, about: string): void {
    this.#sources.same(body, expected, kind, about)
  }

  #refused({ body, status }: RestAnswer, facts: RefusalFacts, about: string): void {
    this.#sources.same(body, expectedRefusal(facts), `answer ${status}`, about)
  }

  async #document(by: string, side: Side, path: string, shown: Tree): Promise<Tree | undefined> {
    const [, user = '', mrd = '', dialogs] = /^User\/([^/]+)(?:\/Media\/(\d+)(\/Dialogs)?)?$/.exec(path) ?? []
    if (path.startsWith('Dialog/')) return this.#dialogSeen(shown, by)
    if (user === '') return undefined
    if (mrd === '') return this.#userSeen(user, shown)
    if (dialogs === undefined) return this.#mediaSeen(side, user, mrd, shown)
    const all: Tree[] = []
    for (const dialog of childrenOf(shown, 'Dialog')) all.push(await this.#dialogSeen(dialog, by))
    return group('Dialogs', ...all)
  }

  #userSeen(user: string, shown: Tree): Tree {
    const story = this.#user(user)
    const line = story.now(userOf(shown))
    return story.document('User', this.#moments.now, line, story.since(line.state))
  }

  #mediaSeen(side: Side, user: string, mrd: string, shown: Tree): Tree {
    const story = this.#medium(user, mrd)
    const { state, routable } = story.now(mediaOf(shown))
    const { now } = this.#moments
    return story.document(side, now, {
      ...{ state, routable, connected: this.#links.isUp(side, now), changedAt: story.since(state) },
    })
  }

  async #dialogSeen(shown: Tree, by: string): Promise<Tree> {
    const { dialog, state } = taskOf(shown)
    if (!dialog.includes('_')) return this.#calls.document('Dialog', dialog, callOf(shown).state, by)
    const own = `${API}User/${dialog.split('_')[1]}`
    const lastNews = this.#moments.lastOn(`${own}/Media`, `${own}/Dialogs/Media`)
    await this.#learnsOf(dialog, lastNews, shown)
    const since = this.#tasks.since(dialog, state, lastNews)
    // A dialog that GET shows is open.
    return this.#tasks.document('Dialog', dialog, state, '', since)
  }

  // ------------------------------------------------------------------------------------------------ known

  async #learnsOf(dialog: string, at: number | undefined, shown: Tree): Promise<void> {
    if (!this.#tasks.knows(dialog)) this.#tasks.offers(dialog, at, await this.#sources.originOf(dialog, shown))
  }

  #user(id: string): UserStory {
    const story = this.#users.get(id) ?? new UserStory(this.#moments, this.#sources.entries(), id)
    this.#users.set(id, story)
    return story
  }

  #medium(user: string, mrd: string): MediumStory {
    const key = `${user} ${mrd}`
    const story = this.#media.get(key) ?? new MediumStory(this.#moments, this.#sources.entries(), user, mrd)
    this.#media.set(key, story)
    return story
  }
}

/** The objects that lines are about, for a report. */
const KINDS: Readonly<Record<Exclude<Line, SystemLine>['kind'], string>> = {
  MN: 'Media',
  UN: 'User',
  DN: 'Dialog of a task',
  VN: 'Dialog of a call',
  EN: 'error',
}

/** The kind of object that a GET shows. */
function kindOf(path: string): string {
  if (path.startsWith('Dialog/')) return path.includes('_') ? 'Dialog of a task' : 'Dialog of a call'
  if (path.endsWith('/Dialogs')) return 'Dialogs'
  return path.includes('/Media/') ? 'Media' : 'User'
}

/** The object in the document of a notification. */
function shownIn(text: string): Tree {
  const update = parseTree(text)
  return objectOf(elementAt(update, 'data')?.children[0] ?? update)
}

/** A node as a document, to compare it like one. Node names need no escapes. */
const nodeDocument = (node: string): string => `<node>${node}</node>`

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const asVariables = (value: unknown): Readonly<Record<string, string>> =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)])) : {}

const MONITOR_ACTION = 'SILENT_MONITOR'

/** The queues of the sample directory, by the number that tests dial. */
const QUEUES: Readonly<Record<string, QueueFacts>> = { '8000': { number: '701', name: 'Support Line' } }

const addressesOf = (call: object): Pick<CallOrigin, 'from' | 'to' | 'queue'> => {
  if (!isRecord(call)) return { from: '', to: '' }
  const to = String(call.to ?? call.queue)
  return { from: String(call.from), to, queue: QUEUES[to] }
}

function asFault(fault: object): Fault {
  const { type, up, both, side } = isRecord(fault) ? fault : {}
  return { type: String(type), up: up === true, both: both === true, side: side === 'B' ? 'B' : 'A' }
}
