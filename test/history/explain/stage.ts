/** An engine that keeps its history, in virtual time, with short functions for an agent's day. */
import type { TaskAction } from '../../../machines/wire.ts'
import type { Directory } from '../../../src/directory/model.ts'
import type { Engine } from '../../../src/engine/api.ts'
import type { Command } from '../../../src/engine/commands.ts'
import type { EngineOptions } from '../../../src/engine/options.ts'
import type { Origin, Store } from '../../../src/engine/ports.ts'
import type { Episode, ExplainedState, Explanation } from '../../../src/history/explain/explanation.ts'
import { explain, explanationText, type Question } from '../../../src/history/index.ts'
import { createEngine } from '../../../src/index.ts'
import { memoryStore } from '../../../src/store/memory/store.ts'
import { type VirtualClock, virtualClock } from '../../../src/testing/virtual-clock.ts'
import { SAMPLE } from '../../suite/sample.ts'

export const EMAIL = '5001'
export const CHAT = '5002'
export const ADMIN: Origin = { via: 'acd-control', by: 'admin' }

type Tuned = Partial<EngineOptions> & {
  readonly tune?: (directory: Directory) => Directory
  /** When the day begins, in ms. */
  readonly start?: number
}

/** 10:40 in the time zone of the tests, because the text shows local times. */
const MORNING = new Date(2026, 2, 2, 10, 40).getTime()

export class Day {
  readonly engine: Engine
  readonly clock: VirtualClock
  readonly store: Store

  private constructor(engine: Engine, clock: VirtualClock, store: Store) {
    this.engine = engine
    this.clock = clock
    this.store = store
  }

  static async begin({ tune = (same) => same, start = MORNING, ...options }: Tuned = {}): Promise<Day> {
    const { directory } = SAMPLE
    const clock = virtualClock(start)
    const { store = memoryStore({ id: 'store', keep: 'history' }) } = options
    const engine = await createEngine({ clock, ...options, store, directory: tune(directory) })
    return new Day(engine, clock, store)
  }

  get now(): number {
    return this.clock.now()
  }

  /** Advances the time. */
  pass(seconds: number): Promise<void> {
    return this.clock.advance(seconds * 1000)
  }

  /** Sends a command of an agent or a supervisor over REST. */
  async ask(command: Command, by: string = command.user): Promise<void> {
    await this.engine.command(command, { via: 'rest', by })
  }

  async signIn(user = '1001', state: 'READY' | 'NOT_READY' = 'NOT_READY'): Promise<void> {
    await this.ask({ type: 'user.signIn', user, extension: user })
    if (state === 'READY') await this.ask({ type: 'user.setState', user, state })
  }

  async ready(
    mrd: string,
    more: Partial<Extract<Command, { type: 'media.signIn' }>> = {},
    user = '1001',
  ): Promise<void> {
    await this.ask({ type: 'media.signIn', user, mrd, maxDialogLimit: 3, interruptAction: 'ACCEPT', ...more })
    await this.ask({ type: 'media.setState', user, mrd, state: 'READY' })
  }

  async submit(mrd: string, agentId = '1001'): Promise<string> {
    const scriptSelector = mrd === EMAIL ? 'email_support' : 'chat_sales'
    const variables = [{ name: 'callVariable1', value: 'room 7' }]
    const task = await this.engine.acd?.submitTask({ mrd, scriptSelector, agentId, variables }, ADMIN)
    if (task?.dialogId === undefined) throw new Error(`task was not offered: ${task?.state}`)
    return task.dialogId
  }

  async act(dialog: string, ...actions: readonly TaskAction[]): Promise<void> {
    const user = dialog.split('_')[1] ?? ''
    for (const action of actions)
      await this.ask({ type: 'dialog.act', user, dialog, action, target: 'chat_support', requestId: `${action}-1` })
  }

  async start(mrd: string): Promise<string> {
    const dialog = await this.submit(mrd)
    await this.act(dialog, 'ACCEPT', 'START')
    return dialog
  }

  async ring(): Promise<string> {
    const call = await this.engine.acd?.submitCall({ from: '5550100', to: '1001' }, ADMIN)
    return call?.id ?? ''
  }

  callAct(dialog: string, action: 'ANSWER' | 'DROP'): Promise<void> {
    return this.ask({ type: 'call.act', user: '1001', dialog, action, targetMediaAddress: '1001' })
  }

  presence(available: boolean): Promise<void> {
    return this.engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/desk', available })
  }

  async why(question: Partial<Question> = {}): Promise<Explanation> {
    if (!this.engine.history) throw new Error('the engine keeps no history')
    const explanation = await explain(this.engine.history, { user: '1001', ...question })
    const unexplained = citationsIn(explanation).filter((id) => !(id in explanation.rules))
    if (unexplained.length > 0) throw new Error(`cited without a text: ${unexplained.join(', ')}`)
    return explanation
  }

  async text(question: Partial<Question> = {}): Promise<string> {
    const why = await this.why(question)
    return explanationText(why, { now: why.at })
  }
}

/** Ids of all rules that an explanation cites. */
const citationsIn = ({ rules: _, ...told }: Explanation): readonly string[] =>
  [...JSON.stringify(told).matchAll(/"rule":"([^"]+)"/g)].flatMap(([, cited = '']) => cited.split(', '))

export function stateOf({ states }: Explanation, subject: string): ExplainedState {
  const found = states.find((each) => each.name === subject)
  if (!found) throw new Error(`nothing is said of ${subject}, only of ${states.map(({ name }) => name).join(', ')}`)
  return found
}

/** The rules that explain a state, for example `I1`. */
export const rulesOf = (explanation: Explanation, subject: string): readonly string[] =>
  stateOf(explanation, subject).reasons.map(({ rule }) => rule)

/** The causes as short texts: `START of dialog … by 1001`. */
export function causesOf(explanation: Explanation, subject: string): readonly string[] {
  return stateOf(explanation, subject).because.map((link) =>
    link.kept ? `${link.what}${link.who === null ? '' : ` by ${link.who.by ?? link.who.via}`}` : 'forgotten',
  )
}

export function episodeOf({ timeline }: Explanation, what: string): Episode {
  const found = timeline.episodes.findLast((each) => each.what.includes(what))
  if (!found) throw new Error(`no episode "${what}" in: ${timeline.episodes.map((each) => each.what).join('; ')}`)
  return found
}

/** `Email (5001): ACTIVE -> INTERRUPTED`, … */
export const changesOf = ({ changes }: Episode): readonly string[] =>
  changes.filter(({ aspect }) => aspect === 'state').map(({ name, from, to }) => `${name}: ${from} -> ${to}`)
