/** One run with crashes, and its checks. */

import type { LoadedDirectory } from '../../../src/directory/model.ts'
import { Aggregates } from '../../../src/engine/aggregate/aggregates.ts'
import type { Reads } from '../../../src/engine/api.ts'
import { itemIdOf } from '../../../src/engine/delivery/lanes.ts'
import type { Clock, Store } from '../../../src/engine/ports.ts'
import { createReads } from '../../../src/engine/reads.ts'
import { recover } from '../../../src/engine/recovery/recovery.ts'
import { virtualClock } from '../../../src/testing/virtual-clock.ts'
import { Ledger } from '../ledger.ts'
import { contentOf } from './history.ts'
import { type Act, type Cut, Life, ownerOfNode, type Sent } from './life.ts'
import { play, type Step, scenario } from './scenario.ts'

/** A store that can be opened again as a crash left it. */
export interface Disk {
  readonly store: Store
  /** The store that a process finds when it starts now. */
  reopen(): Disk
}

export interface TrialOptions {
  readonly loaded: LoadedDirectory
  readonly external: boolean
  readonly disk: Disk
  /** The crash of the first life, of the second, … */
  readonly cuts: readonly Cut[]
  /** Clients reconnect to the last life only. */
  readonly staysAway?: boolean
  /** After the last restart the day goes on to its end. Otherwise only the step that was cut is played again. */
  readonly goesOn: boolean
}

/** A run without a crash: the number of its acts, and its states. */
export interface Baseline {
  readonly counts: Record<Act, number>
  /** The reads right after each commit, by its last position. */
  readonly reads: ReadonlyMap<number, string>
}

const USERS = ['1001', '1002', '1003']
const RECORDED = [{ account: '1004', node: '/finesse/api/Team/2001/Users' }] as const

/** Everything that can be read about users, media and dialogs. */
function readsOf(get: Reads): string {
  return JSON.stringify(USERS.map((user) => [get.user(user), get.mediaList(user), get.dialogs(user, 'all')]))
}

/** The snapshots of living aggregates by id. */
function snapshots(aggregates: Aggregates): ReadonlyMap<string, string> {
  const living = [...aggregates.values()].filter(({ behaviour, sequence }) => !behaviour.finished && sequence > 0)
  return new Map(living.map((each) => [each.id, JSON.stringify(each.snapshot().state)]))
}

/** Runs the scenario without a crash. */
export async function baseline(options: Omit<TrialOptions, 'cuts' | 'goesOn'>): Promise<Baseline> {
  const clock = virtualClock()
  const reads = new Map<number, string>()
  const { store } = options.disk
  const life: Life = new Life({
    ...options,
    number: 1,
    store,
    clock,
    cut: undefined,
    sent: [],
    committed: () => {
      if (life.hasStarted) reads.set(life.position, readsOf(life.engine.get))
    },
  })
  await life.start()
  await life.act(({ engine }) => engine.adapters.notificationService('A', true))
  await play(life, clock, scenario(options.external))
  await life.act(({ engine }) => engine.close())
  return { counts: { ...life.counts }, reads }
}

/** Runs the scenario with its crashes. After the last one it ends as `goesOn` says. Returns the faults. */
export async function trial(options: TrialOptions, reference: Baseline): Promise<readonly string[]> {
  const { cuts, external } = options
  const clock = virtualClock()
  const steps = scenario(external)
  const sent: Sent[] = []
  const wrong: string[] = []
  const recorded: string[] = []
  const ledger = new Ledger()
  let disk = options.disk
  let next = 0
  let undelivered: readonly number[] = []
  /** Users who did not reconnect to some life. They may miss earlier notifications. */
  const gone = new Set<string>()
  for (let number = 1; number <= cuts.length + 1; number += 1) {
    const cut = cuts[number - 1]
    if (number > 1) {
      disk = disk.reopen()
      undelivered = (await disk.store.load()).outbox.map((row) => row.number)
      wrong.push(
        ...(await recoveredWrong(ledger, disk.store, options.loaded, clock, number === 2 ? reference : undefined)),
      )
    }
    const life: Life = new Life({ ...options, number, store: disk.store, clock, cut, sent })
    await life.start()
    if (number > 1 && life.isAlive) wrong.push(...recordsWrong(life, recorded))
    const isLast = cut === undefined
    const known = USERS.filter((user) => presentAfter(steps, next, user))
    for (const user of USERS) if (number > 1 && !known.includes(user)) gone.add(user)
    const present = isLast || !options.staysAway ? known : []
    const own = isLast && !options.goesOn ? steps.slice(0, next + 1) : steps
    next = await again(life, { steps: own, first: next, present }, clock, recorded)
    // Nothing is sent while the ACD link is down, so a link that failed before the cut is restored.
    if (isLast && life.isAlive && life.engine.get.faults().length > 0)
      await life.act(({ engine }) => engine.fault({ type: 'acd-link', side: 'A', up: true }))
    if (life.isAlive) await life.act(({ engine }) => engine.close())
    life.die()
    wrong.push(...orderWrong(sent, number, disk.store.id, number > 1 ? undelivered : []))
  }
  return [...wrong, ...(await endWrong(ledger, disk.reopen().store, sent, gone))]
}

/** The service comes up, clients reconnect, and the steps go on. Returns the step at which the engine crashed. */
async function again(
  life: Life,
  { steps, first, present }: { steps: readonly Step[]; first: number; present: readonly string[] },
  clock: ReturnType<typeof virtualClock>,
  recorded: string[],
): Promise<number> {
  await life.act(({ engine }) => engine.adapters.notificationService('A', true))
  if (first > 0)
    for (const user of present)
      await life.act(({ engine }) =>
        engine.adapters.presence({ user, side: 'A', session: `${user}@localhost/one`, available: true }),
      )
  if (!life.isAlive) return first
  const at = await play(life, clock, steps, first)
  for (const { name } of steps.slice(first, at)) recorded.push(name)
  return at
}

/** Whether the client of the user is connected after step `first`. */
const presentAfter = (steps: readonly Step[], first: number, user: string): boolean =>
  steps.slice(0, first + 1).findLast(({ name }) => name === `${user} comes` || name === `${user} goes`)?.name ===
  `${user} comes`

/**
 * Recovery from snapshots must lead to the same bytes as a replay of the whole journal, and the reads must be those of
 * the run without a crash.
 */
async function recoveredWrong(
  ledger: Ledger,
  store: Store,
  { directory }: LoadedDirectory,
  clock: Clock,
  reference: Baseline | undefined,
): Promise<readonly string[]> {
  ledger.take(await contentOf(store, ledger.position))
  const recovered = new Aggregates()
  recover(recovered, await store.load())
  const [is, should] = [snapshots(recovered), snapshots(ledger.aggregates)]
  const differing = [...new Set([...is.keys(), ...should.keys()])].filter((id) => is.get(id) !== should.get(id))
  const wrong = differing.map((id) => `${id} was recovered as ${is.get(id)}, its journal leads to ${should.get(id)}`)
  const get = createReads(recovered, { current: directory }, { now: () => clock.now(), storeProblem: () => undefined })
  const [reads, expected] = [readsOf(get), reference?.reads.get(ledger.position)]
  if (expected !== undefined && reads !== expected) wrong.push(`reads are ${reads}, without a crash ${expected}`)
  return [...ledger.wrong, ...wrong]
}

/** Acknowledged subscriptions that are lost. */
function recordsWrong({ adapters }: Life, done: readonly string[]): readonly string[] {
  const wrong: string[] = []
  for (const { node } of RECORDED) {
    const subscription = { node, jid: { local: '1234', domain: 'localhost', resource: 'one' } }
    if (done.includes(`subscription to ${node}`) && !adapters.subscriptions.has(subscription))
      wrong.push(`the subscription to ${node} is lost`)
  }
  return wrong
}

/** In one life nothing is sent twice, and the undelivered notifications of each lane are sent in order. */
function orderWrong(
  sent: readonly Sent[],
  life: number,
  storeId: string,
  undelivered: readonly number[],
): readonly string[] {
  const wrong: string[] = []
  const numbers = sent.flatMap((each) =>
    each.life === life && 'publication' in each ? [Number(each.publication.itemId.slice(`${storeId}-`.length))] : [],
  )
  if (new Set(numbers).size !== numbers.length) wrong.push(`life ${life} sent something twice: ${numbers}`)
  const old = new Set(undelivered)
  const oldOnes = numbers.filter((number) => old.has(number))
  if (
    oldOnes.some(
      (number, index) => number < (oldOnes[index - 1] ?? 0) && !isOtherLane(sent, number, oldOnes[index - 1] ?? 0),
    )
  )
    wrong.push(`life ${life} sent undelivered notifications out of order: ${oldOnes}`)
  return wrong
}

function isOtherLane(sent: readonly Sent[], a: number, b: number): boolean {
  const nodes = [a, b].map((number) => {
    const each = sent.find((one) => 'publication' in one && one.publication.itemId.endsWith(`-${number}`))
    return each && 'publication' in each ? (each.publication.notification.node.split('/')[4] ?? '') : ''
  })
  return nodes[0] !== nodes[1]
}

/** At the end everything that was committed has been sent with its own id and content, and nothing else. */
async function endWrong(
  ledger: Ledger,
  store: Store,
  sent: readonly Sent[],
  gone: ReadonlySet<string>,
): Promise<readonly string[]> {
  ledger.take(await contentOf(store, ledger.position))
  const wrong = [...ledger.wrong]
  const published = new Set<string>()
  const heard = new Set<string>()
  const requested = new Set<string>()
  for (const each of sent) {
    if ('request' in each) {
      requested.add(JSON.stringify(each.request))
      continue
    }
    const { itemId, notification } = each.publication
    const made = ledger.committed.get(ledger.numberOf(itemId) ?? 0)
    if (!made || made.position > each.position) wrong.push(`${itemId} was sent before its commit`)
    if (JSON.stringify(made?.notification) !== JSON.stringify(notification))
      wrong.push(`${itemId} is not what was committed`)
    published.add(itemId)
    if (each.isHeard) heard.add(itemId)
  }
  for (const { number, notification, isOwed, text } of ledger.committed.values()) {
    const id = itemIdOf(ledger.storeId, number)
    const owner = ownerOfNode(notification.node)
    if (!published.has(id)) wrong.push(`${id} was never sent: ${text}`)
    else if (isOwed && owner !== '' && !gone.has(owner) && !heard.has(id))
      wrong.push(`${id} was sent while ${owner} was not connected: ${text}`)
  }
  for (const { payload, number } of ledger.requested.values())
    if (!requested.has(JSON.stringify(payload)))
      wrong.push(`request ${number} was never sent: ${JSON.stringify(payload)}`)
  const made = new Set([...ledger.requested.values()].map(({ payload }) => JSON.stringify(payload)))
  for (const request of requested) if (!made.has(request)) wrong.push(`a request that was not committed: ${request}`)
  return wrong
}
