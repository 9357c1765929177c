/** The aggregate of a queue of calls by itself: who gets which call, and what it tells the calls. */
import { describe, expect, it } from 'vitest'
import { VoiceQueueBehaviour } from '../../src/engine/aggregate/voice-queue/behaviour.ts'
import type { VoiceQueueSetup } from '../../src/engine/aggregate/voice-queue/state.ts'
import type { Message } from '../../src/engine/input.ts'
import type { Output } from '../../src/engine/output.ts'

const member = (user: string, wrapUp = false) => ({ user, wrapUp })

const SETUP: VoiceQueueSetup = {
  id: '701',
  name: 'Support Line',
  members: [member('1001'), member('1002', true), member('1003')],
  policy: 'longest-available',
  ringMs: 15_000,
}

/** A queue with its setup, and short forms of its inputs and outputs. */
class Queue {
  readonly #queue: VoiceQueueBehaviour
  #at = 1000
  readonly #versions = new Map<string, number>()

  constructor(queue = new VoiceQueueBehaviour()) {
    this.#queue = queue
  }

  static withSetup(setup = SETUP): Queue {
    const made = new Queue()
    made.configure(setup)
    return made
  }

  configure(setup: VoiceQueueSetup): readonly string[] {
    return this.#shown(this.#queue.step({ kind: 'configuredVoiceQueue', setup }, this.#at))
  }

  remove(): readonly string[] {
    return this.#shown(this.#queue.step({ kind: 'removedQueue' }, this.#at))
  }

  hear(body: Message): readonly string[] {
    this.#at += 1
    return this.#shown(this.#queue.step({ kind: 'message', from: 'x', number: 1, body }, this.#at))
  }

  waits = (call: string) => this.hear({ type: 'callWaits', call })
  left = (call: string) => this.hear({ type: 'callLeftQueue', call })
  notTaken = (call: string, user: string, isRefused = false) =>
    this.hear({ type: 'callNotTaken', call, user, isRefused })

  /** The agent is available since this time, or not at all. */
  agent(user: string, since: number | null): readonly string[] {
    const version = (this.#versions.get(user) ?? 0) + 1
    this.#versions.set(user, version)
    const claim = since === null ? { eligible: false, freeSlots: 0, since: 0 } : { eligible: true, freeSlots: 1, since }
    return this.hear({ type: 'callAvailability', user, version, claim, extension: `9${user}` })
  }

  get figures() {
    return this.#queue.figures
  }

  /** A queue that continues from the snapshot of this one. */
  again(): Queue {
    const other = new Queue(new VoiceQueueBehaviour(JSON.parse(JSON.stringify(this.#queue.persist()))))
    for (const [user, version] of this.#versions) other.#versions.set(user, version)
    return other
  }

  #shown(outputs: readonly Output[]): readonly string[] {
    return outputs.map((output) => {
      if (output.type === 'publish') return `${output.notification.event} ${output.notification.node}`
      if (output.type !== 'send') return output.type
      const { to, body } = output
      if (body.type !== 'ringAt') return `${to} ${body.type}`
      return `${to} rings at ${body.user} ${body.extension}${body.wrapUp ? ' with wrap-up' : ''} for ${body.ringMs}`
    })
  }
}

describe('who gets the next call', () => {
  it('the agent who has been available longest, at the extension of the sign-in', () => {
    const queue = Queue.withSetup()
    queue.agent('1001', 300)
    queue.agent('1002', 200)
    expect(queue.waits('1')).toEqual(['call/1 rings at 1002 91002 with wrap-up for 15000'])
    expect(queue.waits('2')).toEqual(['call/2 rings at 1001 91001 for 15000'])
    expect(queue.waits('3')).toEqual([])
  })

  it('the first free agent in the list, with the policy in-order', () => {
    const queue = Queue.withSetup({ ...SETUP, policy: 'in-order' })
    queue.agent('1003', 100)
    queue.agent('1001', 300)
    expect(queue.waits('1')).toEqual(['call/1 rings at 1001 91001 for 15000'])
  })

  it('calls that wait get an agent in the order of their arrival', () => {
    const queue = Queue.withSetup()
    queue.waits('1')
    queue.waits('2')
    expect(queue.figures).toEqual({ waiting: 2, ringing: 0, oldestQueuedAt: 1001 })
    expect(queue.agent('1003', 10)).toEqual(['call/1 rings at 1003 91003 for 15000'])
    expect(queue.figures).toEqual({ waiting: 1, ringing: 1, oldestQueuedAt: 1002 })
  })

  it('nobody from outside of the queue', () => {
    const queue = Queue.withSetup()
    queue.waits('1')
    expect(queue.agent('1009', 10)).toEqual([])
  })
})

describe('a call that an agent does not take', () => {
  it('goes to the next agent at once, before calls that came later', () => {
    const queue = Queue.withSetup()
    queue.agent('1001', 100)
    queue.waits('1')
    queue.agent('1001', null)
    queue.waits('2')
    expect(queue.notTaken('1', '1001')).toEqual([])
    expect(queue.agent('1002', 500)).toEqual(['call/1 rings at 1002 91002 with wrap-up for 15000'])
  })

  it('is not offered to the agent again who refused it, until the agent is available anew', () => {
    const queue = Queue.withSetup()
    queue.agent('1001', 100)
    queue.waits('1')
    expect(queue.notTaken('1', '1001', true)).toEqual([])
    expect(queue.agent('1001', 900)).toEqual(['call/1 rings at 1001 91001 for 15000'])
  })

  it('is of no interest any more if it has left the queue before', () => {
    const queue = Queue.withSetup()
    queue.agent('1001', 100)
    queue.waits('1')
    queue.left('1')
    expect(queue.notTaken('1', '1001')).toEqual([])
    expect(queue.figures).toEqual({ waiting: 0, ringing: 0, oldestQueuedAt: null })
  })
})

it('a call that was answered or given up leaves the queue, and its agent may get another one', () => {
  const queue = Queue.withSetup()
  queue.agent('1001', 100)
  queue.waits('1')
  queue.waits('2')
  queue.agent('1001', null)
  expect(queue.agent('1001', 400)).toEqual([])
  expect(queue.left('1')).toEqual(['call/2 rings at 1001 91001 for 15000'])
})

describe('a reload', () => {
  it('forgets an agent who is no longer in the queue, who may come back', () => {
    const queue = Queue.withSetup()
    queue.agent('1001', 100)
    queue.configure({ ...SETUP, members: [member('1002')] })
    expect(queue.waits('1')).toEqual([])
    queue.configure(SETUP)
    expect(queue.agent('1001', 100)).toEqual(['call/1 rings at 1001 91001 for 15000'])
  })

  it('another policy takes effect for the next call', () => {
    const queue = Queue.withSetup()
    queue.agent('1003', 100)
    queue.agent('1001', 300)
    queue.configure({ ...SETUP, policy: 'in-order' })
    expect(queue.waits('1')).toEqual(['call/1 rings at 1001 91001 for 15000'])
  })

  it('a queue that is removed closes the calls that wait, and those that come back', () => {
    const queue = Queue.withSetup()
    queue.agent('1001', 100)
    queue.waits('1')
    queue.waits('2')
    expect(queue.remove()).toEqual(['call/2 queueRemoved', 'DELETE /finesse/api/Queue/701'])
    expect(queue.notTaken('1', '1001')).toEqual(['call/1 queueRemoved'])
    expect(queue.waits('3')).toEqual(['call/3 queueRemoved'])
    queue.configure(SETUP)
    expect(queue.waits('4')).toEqual([])
    expect(queue.figures.waiting).toBe(1)
  })
})

it('continues from its snapshot', () => {
  const queue = Queue.withSetup({ ...SETUP, policy: 'in-order' })
  queue.agent('1001', 100)
  queue.waits('1')
  queue.waits('2')
  const again = queue.again()
  expect(again.figures).toEqual(queue.figures)
  expect(again.notTaken('1', '1001', true)).toEqual([])
  again.agent('1003', 100)
  expect(again.figures).toMatchObject({ waiting: 1, ringing: 1 })
  expect(again.agent('1002', 100)).toEqual(['call/2 rings at 1002 91002 with wrap-up for 15000'])
})

it('takes no input that is not for it', () => {
  const queue = new VoiceQueueBehaviour()
  expect(() => queue.step({ kind: 'abandonTask', task: '5001-1' }, 1)).toThrow('a queue of calls takes no abandonTask')
  expect(() => queue.step({ kind: 'message', from: 'x', number: 1, body: { type: 'handled', task: '1' } }, 1)).toThrow(
    'a queue of calls takes no handled',
  )
})
