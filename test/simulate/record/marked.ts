/** A story with marks in all personal data. A recording must contain none of the marks. */
import { parseDirectory } from '../../../src/directory/parse.ts'
import type { Engine } from '../../../src/engine/api.ts'
import type { Command } from '../../../src/engine/commands.ts'
import type { History } from '../../../src/engine/ports.ts'
import { createEngine } from '../../../src/index.ts'
import { memoryStore } from '../../../src/store/memory/store.ts'
import { type VirtualClock, virtualClock } from '../../../src/testing/virtual-clock.ts'

/** In every text that is personal data. */
export const MARK = 'xyzzy'
/** In every number that is personal data. */
export const NUMBER = '77123'

const DIRECTORY = `
version: 1
mediaRoutingDomains:
  - { id: "5001", name: Email, description: for ${MARK}, interruptible: true, startTimeoutSeconds: 120, scriptSelectors: [email_support] }
  - { id: "5002", name: Chat, scriptSelectors: [chat_sales] }
teams:
  - { id: "7", name: Team of ${MARK} }
  - { id: ${MARK}-team, name: Those of ${MARK} }
reasonCodes:
  - { id: "17", category: NOT_READY, code: 2, label: Lunch with ${MARK} }
  - { id: "18", category: LOGOUT, code: 3, label: Gone to ${MARK} }
users:
  - { id: "1001", loginName: ${MARK}.one, firstName: ${MARK}, lastName: ${MARK}, password: ${MARK}, teamId: "7", extensions: ["${NUMBER}1"], mediaRoutingDomains: ["5001", "5002"] }
  - { id: ${MARK}.two, loginName: ${MARK}.2, firstName: ${MARK}, lastName: ${MARK}, password: ${MARK}, teamId: ${MARK}-team, extensions: ["${NUMBER}2"], mediaRoutingDomains: ["5001", "5002"], mobileAgent: true, roles: [Agent, Supervisor], supervises: ["7"] }
`

export class Story {
  readonly engine: Engine
  readonly clock: VirtualClock

  private constructor(engine: Engine, clock: VirtualClock) {
    this.engine = engine
    this.clock = clock
  }

  static async open(): Promise<Story> {
    const clock = virtualClock()
    const { directory } = parseDirectory(DIRECTORY, 'marked.yaml')
    const starting = createEngine({ clock, directory, store: memoryStore({ id: 'marked', keep: 'history' }) })
    await clock.settle()
    return new Story(await starting, clock)
  }

  get history(): History {
    if (!this.engine.history) throw new Error('no history is kept')
    return this.engine.history
  }

  async done<T>(work: Promise<T>): Promise<T> {
    await this.clock.settle()
    return work
  }

  /** Waits half a second, then sends the command. */
  async command(command: Command): Promise<void> {
    await this.clock.advance(500)
    await this.done(this.engine.command({ requestId: `${MARK}-request`, ...command }))
  }

  async task(scriptSelector: string, agentId?: string, keepAgent?: true): Promise<string> {
    await this.clock.advance(500)
    const variables = [
      { name: 'user.name', value: `${MARK} the customer` },
      { name: 'user.again', value: `${MARK} the customer` },
      { name: `of ${MARK}`, value: `${NUMBER}` },
    ]
    const pinned = agentId === undefined ? {} : { agentId, keepAgent }
    const { acd } = this.engine
    if (!acd) throw new Error('no ACD')
    const mrd = scriptSelector === 'email_support' ? '5001' : '5002'
    const { id } = await this.done(acd.submitTask({ mrd, scriptSelector, variables, ...pinned }))
    return acd.task(id)?.dialogId ?? id
  }

  async call(to: string): Promise<string> {
    await this.clock.advance(500)
    const { acd } = this.engine
    if (!acd) throw new Error('no ACD')
    const variables = [{ name: 'ani', value: `${NUMBER}99` }]
    return (await this.done(acd.submitCall({ from: `${NUMBER}99`, to: `${NUMBER}${to}`, variables }))).id
  }

  async presence(user: string, available: boolean): Promise<void> {
    const session = `${user}@${MARK}.example/${MARK}`
    await this.done(this.engine.adapters.presence({ user, side: 'A', session, available }))
  }

  /** Signs a user in to the media and sets them READY. */
  async ready(user: string, ...mrds: readonly string[]): Promise<void> {
    for (const mrd of mrds) {
      await this.command({ type: 'media.signIn', user, mrd, maxDialogLimit: 3, interruptAction: 'ACCEPT' })
      await this.command({ type: 'media.setState', user, mrd, state: 'READY' })
    }
  }

  async act(
    user: string,
    dialog: string,
    ...actions: readonly ('ACCEPT' | 'START' | 'PAUSE' | 'CLOSE')[]
  ): Promise<void> {
    for (const action of actions) await this.command({ type: 'dialog.act', user, dialog, action })
  }
}

export const TWO = `${MARK}.two`

/** The story of the README, with a second agent who is a mobile agent. */
export async function readmeStory(): Promise<Story> {
  const story = await Story.open()
  const user = '1001'
  const extension = `${NUMBER}1`
  await story.presence(user, true)
  await story.command({ type: 'user.signIn', user, extension })
  await story.ready(user, '5001', '5002')
  const mobileAgent = { mode: 'CALL_BY_CALL', dialNumber: `${NUMBER}55` } as const
  await story.command({ type: 'user.signIn', user: TWO, extension: `${NUMBER}2`, mobileAgent })
  await story.ready(TWO, '5001')
  const email = await story.task('email_support', user)
  await story.act(user, email, 'ACCEPT', 'START')
  const chat = await story.task('chat_sales', user)
  await story.act(user, chat, 'ACCEPT', 'START')
  await story.act(user, email, 'PAUSE')
  await story.command({ type: 'dialog.act', user, dialog: chat, action: 'TRANSFER', target: `to-${MARK}` })
  await story.act(user, chat, 'CLOSE')
  await story.command({ type: 'user.setState', user, state: 'READY' })
  const call = await story.call('1')
  const answer = { type: 'call.act', user, dialog: call, action: 'ANSWER', targetMediaAddress: extension } as const
  await story.command(answer)
  await story.clock.advance(2000)
  await story.done(Promise.resolve(story.engine.acd?.hangUp(call)))
  await story.act(TWO, await story.task('email_support', TWO), 'ACCEPT', 'START')
  await story.command({ type: 'user.setState', user, state: 'NOT_READY', reasonCodeId: '17' })
  await story.command({ type: 'user.setState', user, state: 'LOGOUT', reasonCodeId: '18' })
  await story.presence(user, false)
  return story
}
