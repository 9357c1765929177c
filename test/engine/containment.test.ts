/**
 * Containment: if any guard or action of any actor throws, the aggregate keeps its state, the input is recorded as
 * failed, and everything else continues.
 *
 * Slow, 20 s: every guard and every action of the charts fails once, in a story of its own.
 * More in `npm run test:whole`.
 */

import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AcdRefusal } from '../../src/engine/acd/api.ts'
import { AcdEventRefused } from '../../src/engine/acd/checks.ts'
import { Aggregate } from '../../src/engine/aggregate/aggregate.ts'
import { DONE, rejected } from '../../src/engine/answers/answer.ts'
import { EngineUnavailable } from '../../src/engine/api.ts'
import { type Input, isInput, type Message } from '../../src/engine/input.ts'
import type { Json, SnapshotRow } from '../../src/engine/ports.ts'
import { some } from '../suite/extent.ts'
import { SCRIPTS, type Script, type Step } from './scripts.ts'
import { Stage } from './stage.ts'
import { MACHINES, setTraps } from './traps.ts'

const traps = setTraps()
afterAll(() => traps.remove())

/** Implementations that no script can reach, and why. `containment-outside.test.ts` tests those that can be used. */
const UNREACHED: Readonly<Record<string, string>> = {
  'user context': 'used only when an engine starts for the first time',
  'presence context': 'used only when an engine starts for the first time',
  'call action join':
    'agents come to a call by CONSULT_CALL, transfers and conferences; nobody is connected without them',
  'call action failBarge':
    'the line of the agent refuses before that; only something that is due at the same moment comes between them',
}
/** Used before there is a state to compare with. `containment-outside.test.ts` tests them. */
const WITHOUT_STATE = ['call context']

/** Where each implementation is used first, and the last reads of each script without a failure. */
const firstUse = new Map<string, { readonly script: Script; readonly place: number }>()
const endings = new Map<string, string>()

const outcome = (promise: Promise<unknown>): Promise<{ readonly value?: unknown; readonly error?: unknown }> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )

for (const script of SCRIPTS) {
  const stage = await Stage.open(script.options())
  for (const [place, step] of script.steps.entries()) {
    traps.forget()
    await step.run(stage)
    for (const name of traps.used) if (!firstUse.has(name)) firstUse.set(name, { script, place })
  }
  if (stage.failures.length > 0) throw new Error(`${script.name}: ${stage.failures[0]?.error}`)
  endings.set(script.name, stage.reads())
}

interface FailedStep {
  readonly aggregate: string
  readonly input: Input
  readonly expected: string
  readonly after: string
  readonly reads: readonly [before: string, after: string]
}

/**
 * Who is told when the step of this message has failed: the sender that waits for an answer, the agent who joins calls,
 * or the supervisor who wants to listen or to barge in.
 */
function toldOfFailure(input: Input): string | undefined {
  if (input.kind !== 'message') return
  const { body, from } = input
  if (body.type === 'call' && body.event.type === 'RESERVES') return `campaign/${body.event.facts.campaign}`
  if (body.type === 'call' && body.event.type === 'REACHES') return `call/${body.event.reached.reservation}`
  if (body.type === 'joinsInto' || body.type === 'legsCome') return `user/${body.user}`
  const listener = listenerOf(body)
  if (listener !== undefined) return `user/${listener}`
  const isAnswered = body.type === 'offer' || body.type === 'ringAt' || (body.type === 'leg' && body.change === 'ADDED')
  return isAnswered ? from : undefined
}

/** The supervisor who listens, or the mobile agent whose connection is nailed. */
function listenerOf(body: Message): string | undefined {
  if (body.type === 'wantsToListen') return body.listener
  if (body.type === 'bargesIn') return body.supervisor
  if (body.type === 'call' && body.event.type === 'NAILS') return body.event.user
  return body.type === 'call' && body.event.type === 'MONITORS' ? body.event.monitor.supervisor : undefined
}

function counted(sent: Json | undefined, input: Input): Json {
  const told = toldOfFailure(input)
  if (typeof sent !== 'object' || sent === null || told === undefined) return sent ?? null
  const { [told]: known = 0 } = { ...sent } as Readonly<Record<string, Json>>
  return { ...sent, [told]: Number(known) + 1 }
}

/**
 * What a failed input changes: sequence, time, the number of a message and of the answer to it, the deadline that
 * fired. Nothing else.
 */
function passed(before: SnapshotRow, input: Input, stamp: number): SnapshotRow {
  const { state } = before
  if (
    typeof state !== 'object' ||
    state === null ||
    !('received' in state) ||
    !('deadlines' in state) ||
    !('sent' in state)
  )
    throw new Error('not a snapshot')
  const { deadlines, received } = state
  if (!Array.isArray(deadlines) || typeof received !== 'object') throw new Error('not a snapshot')
  const fired = input.kind === 'deadline' ? { owner: input.owner, name: input.name, due: input.due } : undefined
  return {
    ...before,
    sequence: before.sequence + 1,
    at: Math.max(before.at, stamp),
    state: {
      ...state,
      deadlines: deadlines.filter((each) => JSON.stringify(each) !== JSON.stringify(fired)),
      sent: counted(state.sent, input),
      received: input.kind === 'message' ? { ...received, [input.from]: input.number } : received,
    },
  }
}

/**
 * Records the aggregate and all reads immediately before and after a failing step. `lives`: the aggregates that took a
 * step.
 */
function watchSteps(reads: () => string) {
  const failed: FailedStep[] = []
  const lives = new Map<string, Aggregate>()
  const original = Aggregate.prototype.step
  vi.spyOn(Aggregate.prototype, 'step').mockImplementation(function (
    this: Aggregate,
    ...given: Parameters<typeof original>
  ) {
    lives.set(this.id, this)
    const before = { row: this.snapshot(), reads: reads() }
    const result = original.apply(this, given)
    const [input, stamp] = given
    if (result.outcome === 'failed')
      failed.push({
        aggregate: this.id,
        input,
        expected: JSON.stringify(passed(before.row, input, stamp)),
        after: JSON.stringify(this.snapshot()),
        reads: [before.reads, reads()],
      })
    return result
  })
  return { failed, lives }
}

/** The aggregates whose journal is replayed from now on, by id. */
function watchReplays(): ReadonlyMap<string, Aggregate> {
  const replayed = new Map<string, Aggregate>()
  const original = Aggregate.prototype.replay
  vi.spyOn(Aggregate.prototype, 'replay').mockImplementation(function (
    this: Aggregate,
    ...given: Parameters<typeof original>
  ) {
    replayed.set(this.id, this)
    return original.apply(this, given)
  })
  return replayed
}

/** Checks the answer to the caller of the failed input, or of the input that caused the failed message or deadline. */
function expectAnswer(step: Step, { value, error }: Awaited<ReturnType<typeof outcome>>, input: Input): void {
  const isOwn = input.kind !== 'message' && input.kind !== 'deadline'
  if (isOwn && step.kind === 'command') return expect(value).toEqual(rejected('INTERNAL_ERROR', ''))
  if (isOwn && step.kind === 'acd') return expect(error).toBeInstanceOf(EngineUnavailable)
  if (isOwn && input.kind === 'call') return expect(String(error)).toContain('the call did not take the hang-up: ')
  if (error !== undefined) expect(error).toBeInstanceOf(AcdRefusal)
  // If the answer to a transfer fails, the transfer is under way until its time-out.
  const isTransfer = input.kind === 'message' && ['resubmitted', 'resubmissionRefused'].includes(input.body.type)
  const isJoin = input.kind === 'message' && ['joinsInto', 'legsCome', 'bargesIn'].includes(input.body.type)
  const failedJoin = { accepted: true, outcome: 'REFUSED', code: 'CALL_OPERATION_FAILED' }
  const underWay = { accepted: true, outcome: 'UNDER_WAY', result: expect.any(Promise) }
  if (step.kind === 'command' && isJoin) expect(value).toMatchObject(failedJoin)
  else if (step.kind === 'command') expect(value).toEqual(isTransfer ? underWay : DONE)
  if (step.kind === 'event' || step.kind === 'fault') expect(value).toBeUndefined()
}

const goOn = async (stage: Stage, steps: readonly Step[]) => {
  for (const step of steps) {
    const { error } = await outcome(step.run(stage))
    if (error !== undefined) expect(error instanceof AcdRefusal || error instanceof AcdEventRefused).toBe(true)
  }
}

beforeEach(() => traps.disarm())
afterEach(() => {
  vi.restoreAllMocks()
})

describe('the charts have named implementations only', () => {
  const codeIn = (value: unknown, path: string): readonly string[] => {
    if (typeof value === 'function') return [path]
    if (typeof value !== 'object' || value === null) return []
    return Object.entries(value).flatMap(([key, each]) => codeIn(each, `${path}.${key}`))
  }
  it.each(Object.entries(MACHINES))('%s', (name, { config }) => {
    expect(codeIn(config, name).filter((path) => path !== `${name}.context`)).toEqual([])
  })
})

describe('an error is contained in', () => {
  it.each(
    some(
      traps.names.filter((name) => !WITHOUT_STATE.includes(name)),
      2,
    ),
  )('%s', async (name) => {
    const use = firstUse.get(name)
    if (name in UNREACHED) return expect(use, 'the list says that nothing reaches it').toBeUndefined()
    if (!use) throw new Error('no script reaches it, and it is not in the list')
    const { script, place } = use
    const step = script.steps[place]
    if (!step) throw new Error('no such step')
    const stage = await Stage.open(script.options())
    for (const each of script.steps.slice(0, place)) await each.run(stage)
    const inputsBefore = stage.rows.length

    traps.arm(name)
    const { failed, lives } = watchSteps(() => stage.reads())
    const answer = await outcome(step.run(stage))
    traps.disarm()

    // It failed once, and the row, the log and the event say so.
    expect(traps.sprung).toBe(1)
    expect(failed).toHaveLength(1)
    const [fallen] = failed
    const [row] = stage.failedRows
    if (!fallen || !row) throw new Error('nothing failed')
    expect(stage.failedRows).toHaveLength(1)
    expect(isInput(row.input) && row.input).toEqual(JSON.parse(JSON.stringify(fallen.input)))
    const { aggregate, sequence } = row
    expect(aggregate).toBe(fallen.aggregate)
    expect(stage.errors).toMatchObject([{ about: { aggregate, sequence } }])
    expect(JSON.stringify(stage.errors)).toContain(`trap: ${name}`)
    if (step.kind !== 'start')
      expect(stage.failures).toMatchObject([{ aggregate, sequence, error: expect.stringContaining(`trap: ${name}`) }])
    expect(stage.engine.figures.failedInputs).toBe(1)
    expectAnswer(step, answer, fallen.input)

    // Only what every input changes has changed.
    expect(fallen.after).toBe(fallen.expected)
    expect(fallen.reads[1]).toBe(fallen.reads[0])

    // Other aggregates continue, and so does this one.
    await stage.engine.adapters.presence({ user: '1005', side: 'A', session: 's', available: true })
    expect(stage.rows.slice(inputsBefore).at(-1)).toMatchObject({ aggregate: 'user/1005', outcome: 'applied' })
    const isOwn = fallen.input.kind !== 'message' && fallen.input.kind !== 'deadline'
    const again = isOwn && ['command', 'event', 'acd'].includes(step.kind)
    await goOn(stage, script.steps.slice(again ? place : place + 1))
    if (again) expect(stage.reads()).toBe(endings.get(script.name))
    expect(stage.engine.figures.failedInputs).toBe(1)
    expect(stage.failedRows).toHaveLength(1)

    // After a restart the state is the same.
    const live = stage.reads()
    const replayed = watchReplays()
    await stage.crash()
    // An input that failed at a start is given again at the next one.
    expect(stage.reads()).toBe(step.kind === 'start' ? endings.get(script.name) : live)
    for (const [id, each] of replayed) {
      const before = lives.get(id)
      if (before?.sequence === each.sequence)
        expect(JSON.stringify(each.snapshot())).toBe(JSON.stringify(before.snapshot()))
    }
  })
})
