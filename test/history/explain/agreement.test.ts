/**
 * Explanations agree with what the engine reported: random histories of four agents are explained at many times, and
 * compared with the reads and notifications of those times.
 *
 * Slow, 10 s: random histories are explained at thousands of times.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NotificationEvent } from '../../../src/engine/events.ts'
import type { DialogValue, MediaValue, UserValue } from '../../../src/engine/values.ts'
import type { Explanation } from '../../../src/history/index.ts'
import { explain } from '../../../src/history/index.ts'
import { AGENTS, histories, type History as Script } from '../../properties/history.ts'
import { play } from '../../properties/play.ts'
import type { Stage } from '../../properties/stage.ts'
import { extent } from '../../suite/extent.ts'

/** Reads and notifications at one time. */
interface Seen {
  readonly user: UserValue | undefined
  readonly media: readonly MediaValue[]
  readonly dialogs: readonly DialogValue[]
  readonly told: ReadonlyMap<string, NotificationEvent>
}

const seenBy = (stage: Stage, id: string): Seen => ({
  user: stage.engine.get.user(id),
  media: stage.engine.get.mediaList(id) ?? [],
  dialogs: stage.engine.get.dialogs(id, 'all') ?? [],
  told: new Map(stage.told),
})

/** The states of the reads, each as subject, state and time since when. */
function expected({ user, media, dialogs }: Seen): readonly string[] {
  return [
    `Voice ${user?.state} ${user?.stateChangeTime} ${user?.pendingState || null}`,
    ...media.flatMap(({ id, status }) =>
      status ? [`media ${id} ${status.state} ${status.stateChangeTime} ${status.routable}`] : [],
    ),
    ...dialogs.map((each) =>
      each.kind === 'task' ? `task ${each.id} ${each.state} ${each.stateChangeTime}` : `call ${each.id} ${each.state}`,
    ),
  ].sort()
}

function explained({ states }: Explanation): readonly string[] {
  return states
    .flatMap(({ subject, state, since, details }) => {
      if (details.kind === 'voice') return [`Voice ${state} ${since} ${details.pending}`]
      if (details.kind === 'media' && subject.kind === 'media')
        return [`media ${subject.mrd} ${state} ${since} ${details.routable}`]
      if (details.kind === 'dialog' && subject.kind === 'dialog') return [`task ${subject.dialog} ${state} ${since}`]
      if (details.kind === 'call' && subject.kind === 'call') return [`call ${subject.dialog} ${details.callState}`]
      return []
    })
    .sort()
}

/** Compares the states with the last notifications, if there are any. */
function expectTold({ states, user }: Explanation, { told }: Seen): void {
  for (const { subject, state } of states) {
    const source =
      subject.kind === 'voice'
        ? `/finesse/api/User/${user.id}`
        : subject.kind === 'media'
          ? `/finesse/api/User/${user.id}/Media/${subject.mrd}`
          : undefined
    const value = source === undefined ? undefined : told.get(source)?.value
    if (value?.kind === 'user') expect(state).toBe(value.state)
    if (value?.kind === 'media' && value.status) expect(state).toBe(value.status.state)
  }
}

/** Every state has a reason, and every state but the first one has a cause. */
function expectCauses({ states }: Explanation): void {
  for (const { name, since, because, forgotten, reasons, state } of states) {
    if (since !== null) expect([name, because.length > 0]).toEqual([name, true])
    expect([name, forgotten]).toEqual([name, false])
    expect([name, state, reasons.length > 0]).toEqual([name, state, true])
  }
}

async function check(script: Script): Promise<number> {
  const moments = new Map<number, Map<string, Seen>>()
  let last: Stage | undefined
  let questions = 0
  const answer = async (stage: Stage, at: number, seen: ReadonlyMap<string, Seen>) => {
    const { history } = stage.engine
    if (!history) throw new Error('nothing is kept')
    for (const [user, what] of seen) {
      const explanation = await explain(history, { user, at })
      expect(explained(explanation)).toEqual(expected(what))
      expectTold(explanation, what)
      expectCauses(explanation)
      questions += 1
    }
  }
  const look = async (stage: Stage) => {
    last = stage
    moments.set(stage.clock.now(), new Map(AGENTS.map((id) => [id, seenBy(stage, id)])))
    // Some are explained at once, while the engine goes on. All but the last are explained afterwards.
    if (script.steps.length % 3 !== 0 || stage.clock.now() % 2 !== 0) return
    await answer(stage, stage.clock.now(), moments.get(stage.clock.now()) ?? new Map())
  }
  await play(script, { look })
  if (last) questions += await afterwards(last, moments, answer)
  return questions
}

async function afterwards(
  stage: Stage,
  moments: ReadonlyMap<number, Map<string, Seen>>,
  answer: (stage: Stage, at: number, seen: ReadonlyMap<string, Seen>) => Promise<void>,
): Promise<number> {
  // `play` has closed the engine. Its store is opened again.
  await stage.restart(true)
  await stage.clock.settle()
  const times = [...moments.keys()]
  // The restart is an input at the last time, so that time is left out.
  for (const at of times.slice(0, -1)) await answer(stage, at, moments.get(at) ?? new Map())
  return times.length
}

describe('explanations of random histories agree with reads and notifications', () => {
  it.each([
    ['without failures', false, 11],
    ['with failures', true, 12],
  ])(
    '%s',
    async (_, faults, seed) => {
      let questions = 0
      await fc.assert(
        fc.asyncProperty(histories(faults, 30), async (script) => {
          questions += await check(script)
        }),
        { seed, numRuns: extent(6, 16), endOnFailure: true },
      )
      expect(questions).toBeGreaterThan(extent(40, 200))
    },
    240_000,
  )
})
