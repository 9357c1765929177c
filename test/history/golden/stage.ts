/** An engine in virtual time whose commits are recorded, to make golden journals. */
import type { Engine } from '../../../src/engine/api.ts'
import type { Command } from '../../../src/engine/commands.ts'
import type { EngineOptions } from '../../../src/engine/options.ts'
import type { JournalRow, SnapshotRow } from '../../../src/engine/ports.ts'
import { createEngine, memoryStore } from '../../../src/index.ts'
import { virtualClock } from '../../../src/testing/index.ts'
import { goldenDirectory } from './directory.ts'

export type StageOptions = Partial<Pick<EngineOptions, 'acd' | 'role' | 'sides'>> & {
  readonly settings?: Partial<EngineOptions['directory']['settings']>
  /** The directory has the queues of calls of the sample. */
  readonly withQueues?: boolean
}

export const SECOND = 1000

export class Stage {
  readonly clock = virtualClock()
  readonly rows: JournalRow[] = []
  readonly snapshots: SnapshotRow[] = []
  readonly #options: StageOptions
  #store = memoryStore({ id: 'golden' })
  #engine: Engine | undefined

  private constructor(options: StageOptions) {
    this.#options = options
  }

  static async open(options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(options)
    await stage.#start()
    return stage
  }

  get engine(): Engine {
    if (!this.#engine) throw new Error('the stage is not open')
    return this.#engine
  }

  get acd(): NonNullable<Engine['acd']> {
    if (!this.engine.acd) throw new Error('the engine has no ACD of its own')
    return this.engine.acd
  }

  async say(...commands: readonly Command[]): Promise<void> {
    for (const command of commands) await this.engine.command(command)
    await this.clock.settle()
  }

  async pass(seconds: number): Promise<void> {
    await this.clock.advance(seconds * SECOND)
  }

  /** Signs a user in to these MRDs and sets them READY. */
  async ready(
    user: string,
    mrds: readonly string[],
    more: Partial<Extract<Command, { type: 'media.signIn' }>> = {},
  ): Promise<void> {
    for (const mrd of mrds)
      await this.say(
        { type: 'media.signIn', user, mrd, maxDialogLimit: 3, interruptAction: 'ACCEPT', ...more },
        { type: 'media.setState', user, mrd, state: 'READY' },
      )
  }

  async act(dialog: string, ...actions: readonly Extract<Command, { type: 'dialog.act' }>['action'][]): Promise<void> {
    const user = dialog.split('_')[1] ?? ''
    for (const action of actions) await this.say({ type: 'dialog.act', user, dialog, action })
  }

  /** Submits a task with data of a customer. Returns the id of the dialog in which it was offered, or `''`. */
  async submit(mrd: string, scriptSelector: string, agentId?: string): Promise<string> {
    const variables = [{ name: 'callVariable1', value: 'order 4711' }]
    const task = await this.acd.submitTask({ mrd, scriptSelector, variables, ...(agentId ? { agentId } : {}) })
    await this.clock.settle()
    return task.dialogId ?? ''
  }

  async call(user: string): Promise<string> {
    const call = await this.acd.submitCall({ from: '5550100', to: user })
    await this.clock.settle()
    return call.id
  }

  async queueCall(queue: string): Promise<string> {
    const call = await this.acd.submitCall({ from: '5550100', queue })
    await this.clock.settle()
    return call.id
  }

  async onCall(user: string, dialog: string, action: 'ANSWER' | 'DROP'): Promise<void> {
    await this.say({ type: 'call.act', user, dialog, action, targetMediaAddress: user, requestId: 'r1' })
  }

  async presence(user: string, available: boolean, side: 'A' | 'B' = 'A'): Promise<void> {
    await this.engine.adapters.presence({ user, side, session: `${user}@localhost/desktop`, available })
    await this.clock.settle()
  }

  /** The process is killed, and another one starts on the same store. */
  async crash(): Promise<void> {
    this.#store = this.#store.reopen()
    await this.#start()
  }

  async close(): Promise<void> {
    await this.clock.settle()
    await this.engine.close()
  }

  async #start(): Promise<void> {
    const store = this.#store
    const commit = store.commit.bind(store)
    store.commit = (batch) => {
      commit(batch)
      this.rows.push(...batch.journal)
      this.snapshots.push(...batch.snapshots)
    }
    const { settings, withQueues, ...options } = this.#options
    const sample = await goldenDirectory(withQueues)
    const directory = { ...sample, settings: { ...sample.settings, ...settings } }
    const engine = await createEngine({ ...options, directory, store, clock: this.clock })
    this.#engine = engine
    for (const side of options.sides ?? ['A']) {
      engine.adapters.attach(side, { publish: () => Promise.resolve() })
      await engine.adapters.notificationService(side, true)
    }
    await this.clock.settle()
  }
}
