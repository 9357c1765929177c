/**
 * A day in a contact centre in which every feature of calls is used, with a restart at noon. Everything that was
 * committed is recorded, and everything that was published.
 */
import { loadDirectory } from '../../src/directory/index.ts'
import type { Directory } from '../../src/directory/model.ts'
import type { Engine } from '../../src/engine/api.ts'
import type { Command } from '../../src/engine/commands.ts'
import type { Batch, Clock, Store } from '../../src/engine/ports.ts'
import type { Notification } from '../../src/engine/values.ts'
import { createEngine } from '../../src/index.ts'
import { virtualClock } from '../../src/testing/index.ts'

const ANA = '1001'
const BORIS = '1002'
const CLARA = '1003'
const FUMIKO = '1006'
const CHRIS = '1234'
const EXTENSION_OF_CHRIS = '1001001'
/** Numbers outside. Each answers in its own way. */
const TALKS = '55501'
const BUSY = '55502'
const MOBILE = '55503'
const QUEUE = '701'
const NUMBER_OF_QUEUE = '8000'

/** A store, and the same store as the next process opens it. */
export interface Storage {
  readonly store: Store
  reopen(): Storage
}

/** How the process of the morning ends. */
export type Ending = 'killed' | 'closed'

/** What happened on the day. */
export interface Day {
  /** Everything that was committed, as text. */
  readonly commits: readonly string[]
  readonly notifications: readonly Notification[]
  readonly directory: Directory
}

const { directory: sample } = await loadDirectory()

/** Boris wraps up. Who controls a conference may drop others from it. */
const DIRECTORY: Directory = {
  ...sample,
  settings: { ...sample.settings, enableDropParticipantFor: 'conference_controller_and_supervisor' },
  users: sample.users.map((user) =>
    user.id === BORIS ? { ...user, settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' } } : user,
  ),
}

class Centre {
  readonly clock = virtualClock()
  readonly commits: string[] = []
  readonly notifications: Notification[] = []
  readonly directory = DIRECTORY
  #storage: Storage
  #engine: Engine | undefined
  /** Ends what the current process waits for. */
  #kill: () => void = () => undefined

  private constructor(storage: Storage) {
    this.#storage = storage
  }

  static async open(storage: Storage): Promise<Centre> {
    const centre = new Centre(storage)
    await centre.#start()
    return centre
  }

  get engine(): Engine {
    if (!this.#engine) throw new Error('the centre is closed')
    return this.#engine
  }

  get acd(): NonNullable<Engine['acd']> {
    if (!this.engine.acd) throw new Error('the engine has no ACD of its own')
    return this.engine.acd
  }

  /** Each command has to be accepted. */
  async say(...commands: readonly Command[]): Promise<void> {
    for (const command of commands) {
      const answer = await this.engine.command({ requestId: 'r', ...command })
      if (!answer.accepted) throw new Error(`${JSON.stringify(command)}: ${answer.code}`)
      await this.clock.settle()
    }
  }

  pass(seconds: number): Promise<void> {
    return this.clock.advance(seconds * 1000)
  }

  /** The newest call of the user, or the newest one of which the user's leg is in this state. */
  call(user: string, state?: string): string {
    const calls = this.engine.get.dialogs(user, 'voice') ?? []
    const found = calls.findLast(
      (call) =>
        call.kind === 'call' &&
        (state === undefined || call.participants.some((each) => each.user === user && each.state === state)),
    )
    if (!found) throw new Error(`user ${user} has no call ${state ?? ''}: ${JSON.stringify(calls)}`)
    return found.id
  }

  /** An action of the user on the newest call, or on the newest one in this state. */
  act(user: string, action: Extract<Command, { type: 'call.act' }>['action'], state?: string): Promise<void> {
    return this.say({ type: 'call.act', ...this.on(user, state), action })
  }

  on(user: string, state?: string) {
    const targetMediaAddress = user === CHRIS ? EXTENSION_OF_CHRIS : user
    return { user, dialog: this.call(user, state), targetMediaAddress }
  }

  async customer(to: { readonly queue: string } | { readonly to: string }): Promise<string> {
    const variables = [{ name: 'callVariable1', value: 'gold' }]
    const { id } = await this.acd.submitCall({ from: '5550100', variables, ...to })
    await this.clock.settle()
    return id
  }

  async leaves(call: string): Promise<void> {
    await this.acd.hangUp(call)
    await this.clock.settle()
  }

  /** The process ends, and another one starts on the same store. */
  async restart(ending: Ending): Promise<void> {
    if (ending === 'closed') await this.engine.close()
    this.#kill()
    this.#storage = this.#storage.reopen()
    await this.#start()
  }

  async close(): Promise<Day> {
    await this.clock.settle()
    await this.engine.close()
    return this
  }

  async #start(): Promise<void> {
    const { store } = this.#storage
    const commit = store.commit.bind(store)
    store.commit = (batch: Batch) => {
      commit(batch)
      this.commits.push(JSON.stringify(batch))
    }
    const engine = await createEngine({ directory: DIRECTORY, store, clock: this.#clockOfProcess() })
    this.#engine = engine
    engine.on('notification', (each) => this.notifications.push(each))
    engine.adapters.attach('A', { publish: () => Promise.resolve() })
    await engine.adapters.notificationService('A', true)
    await this.clock.settle()
  }

  /** The clock as a process sees it: nothing wakes a process that has ended. */
  #clockOfProcess(): Clock {
    let lives = true
    this.#kill = () => {
      lives = false
    }
    const whileItLives = (run: () => void) => () => {
      if (lives) run()
    }
    return {
      now: () => this.clock.now(),
      at: (time, wake) => this.clock.at(time, whileItLives(wake)),
      soon: (run) => this.clock.soon(whileItLives(run)),
    }
  }
}

const signIn = (user: string, extension = user) => ({ type: 'user.signIn', user, extension }) as const
const is = (user: string, state: 'READY' | 'NOT_READY' | 'LOGOUT') => ({ type: 'user.setState', user, state }) as const

async function begins(on: Centre): Promise<void> {
  await on.acd.changeNetwork({
    numbers: {
      [TALKS]: { outcome: 'answer', ringSeconds: 5, talkSeconds: 120 },
      [BUSY]: { outcome: 'busy' },
      [MOBILE]: { outcome: 'answer', ringSeconds: 2, talkSeconds: null },
    },
  })
  await on.say(signIn(ANA), signIn(BORIS), signIn(CLARA), signIn(CHRIS, EXTENSION_OF_CHRIS))
}

/** A call of a queue: not answered, then answered, held, with tones and data, and wrapped up. */
async function queue(on: Centre): Promise<void> {
  await on.say(is(ANA, 'READY'))
  const call = await on.customer({ queue: QUEUE })
  await on.pass(16)
  await on.say(is(BORIS, 'READY'))
  await on.act(BORIS, 'ANSWER')
  await on.act(BORIS, 'HOLD')
  await on.act(BORIS, 'RETRIEVE')
  await on.say({ type: 'call.sendDtmf', ...on.on(BORIS), tones: '42#' })
  await on.leaves(call)
  const variables = [{ name: 'callVariable2', value: 'sold' }]
  await on.say({ type: 'call.setData', ...on.on(BORIS), variables, wrapUpReason: 'Sale' })
  await on.pass(600)
  await on.say(is(BORIS, 'NOT_READY'))
}

/** Ana consults Boris, alternates, makes a conference, and drops Boris. Then she transfers to Clara. */
async function joins(on: Centre): Promise<void> {
  await on.say(is(ANA, 'READY'))
  const call = await on.customer({ queue: QUEUE })
  await on.act(ANA, 'ANSWER')
  await on.say({ type: 'call.consult', ...on.on(ANA), toAddress: BORIS })
  await on.act(BORIS, 'ANSWER')
  await on.act(ANA, 'HOLD', 'ACTIVE')
  await on.say({ ...on.on(ANA), type: 'call.act', dialog: call, action: 'RETRIEVE' })
  await on.say({ ...on.on(ANA), type: 'call.act', dialog: call, action: 'HOLD' })
  await on.say({ type: 'call.act', ...on.on(ANA), action: 'RETRIEVE' })
  await on.say({ type: 'call.join', ...on.on(ANA), dialog: call, action: 'CONFERENCE' })
  await on.say({ type: 'call.dropParticipant', user: ANA, dialog: call, targetMediaAddress: BORIS })
  await on.say({ type: 'call.consult', ...on.on(ANA), dialog: call, toAddress: CLARA })
  await on.act(CLARA, 'ANSWER')
  await on.say({ type: 'call.join', ...on.on(ANA), dialog: call, action: 'TRANSFER' })
  // A single step leads back to the queue, in which the customer waits for Ana.
  await on.say({ type: 'call.transferTo', ...on.on(CLARA), toAddress: NUMBER_OF_QUEUE })
  await on.act(ANA, 'ANSWER')
  await on.leaves(call)
  await on.say(is(ANA, 'NOT_READY'))
}

/** Chris listens to Ana, barges in, and drops her. */
async function supervises(on: Centre): Promise<void> {
  await on.customer({ to: ANA })
  await on.act(ANA, 'ANSWER')
  const addresses = { user: CHRIS, fromAddress: EXTENSION_OF_CHRIS, toAddress: ANA } as const
  await on.say({ type: 'call.monitor', ...addresses })
  await on.act(CHRIS, 'DROP')
  await on.say({ type: 'call.monitor', ...addresses })
  await on.say({ type: 'call.barge', ...addresses, monitor: on.call(CHRIS) })
  await on.say({ type: 'call.dropParticipant', user: CHRIS, dialog: on.call(CHRIS), targetMediaAddress: ANA })
  await on.act(CHRIS, 'DROP')
}

/** Ana calls Boris, a number that is busy, and one that answers. */
async function calls(on: Centre): Promise<void> {
  for (const toAddress of [BORIS, BUSY, TALKS]) {
    await on.say({ type: 'call.make', user: ANA, fromAddress: ANA, toAddress })
    if (toAddress === BORIS) await on.act(BORIS, 'ANSWER')
    await on.pass(10)
    await on.act(ANA, 'DROP')
    await on.pass(60)
  }
}

/** A preview leads to a call, which is classified, and to a callback, which is changed and made. */
async function previews(on: Centre): Promise<void> {
  await on.say(is(ANA, 'READY'))
  const contacts = [{ number: BUSY }, { number: TALKS }]
  await on.acd.campaigns.create({ id: 'spring', mode: 'preview', queue: QUEUE, contacts, previewSeconds: 300 })
  await on.clock.settle()
  await on.act(ANA, 'ACCEPT')
  await on.act(ANA, 'ACCEPT')
  await on.pass(5)
  await on.say({ type: 'call.reclassify', ...on.on(ANA), classification: 'ANS_MACHINE' })
  const callbackTime = new Date(on.clock.now() + 600_000).toISOString().slice(0, 16)
  await on.say({ type: 'call.setCallback', ...on.on(ANA), callbackTime })
  await on.say({ type: 'call.cancelCallback', ...on.on(ANA) })
  await on.say({ type: 'call.setCallback', ...on.on(ANA), callbackTime, callbackNumber: TALKS })
  await on.act(ANA, 'DROP')
  await on.pass(660)
  await on.act(ANA, 'CLOSE')
  await on.acd.campaigns.run('spring', false)
}

/** The dialler calls two numbers for one agent, who has left the first reservation. */
async function dials(on: Centre): Promise<void> {
  const contacts = [{ number: BUSY }, { number: TALKS }]
  await on.say(is(ANA, 'NOT_READY'))
  await on.acd.campaigns.create({ id: 'fast', mode: 'predictive', linesPerAgent: 2, queue: QUEUE, contacts })
  await on.acd.campaigns.create({ id: 'steady', mode: 'progressive', queue: QUEUE, contacts: [{ number: TALKS }] })
  await on.say(is(ANA, 'READY'))
  await on.say(is(ANA, 'NOT_READY'))
  await on.say(is(ANA, 'READY'))
  await on.pass(300)
  for (const id of ['fast', 'steady']) await on.acd.campaigns.run(id, false)
  await on.say(is(ANA, 'NOT_READY'))
}

/** Fumiko works at home, first with a connection that stays, and then with one for each call. */
async function works(on: Centre): Promise<void> {
  for (const mode of ['NAILED_CONNECTION', 'CALL_BY_CALL'] as const) {
    await on.say({ ...signIn(FUMIKO), mobileAgent: { mode, dialNumber: MOBILE } })
    await on.pass(5)
    await on.say(is(FUMIKO, 'READY'))
    const call = await on.customer({ to: FUMIKO })
    await on.pass(3)
    await on.act(FUMIKO, 'ANSWER')
    await on.leaves(call)
    await on.say(is(FUMIKO, 'NOT_READY'), is(FUMIKO, 'LOGOUT'))
  }
}

async function ends(on: Centre): Promise<void> {
  for (const user of [ANA, BORIS, CLARA, CHRIS]) await on.say(is(user, 'LOGOUT'))
  await on.pass(3600)
}

/** Plays the day. In the middle of it, during a call on hold, the process ends and another one starts. */
export async function dayOfCalls(storage: Storage, ending: Ending): Promise<Day> {
  const on = await Centre.open(storage)
  for (const part of [begins, queue, joins, supervises]) await part(on)
  const call = await on.customer({ to: ANA })
  await on.act(ANA, 'ANSWER')
  await on.act(ANA, 'HOLD')
  await on.restart(ending)
  await on.act(ANA, 'RETRIEVE')
  await on.leaves(call)
  for (const part of [calls, previews, dials, works, ends]) await part(on)
  return on.close()
}
