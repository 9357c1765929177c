/** Starts a follower: what is known of the users, the engine, the sessions. */
import { pino } from 'pino'
import { systemClock } from '../clock/system-clock.ts'
import { contained } from '../engine/contained.ts'
import { startEngine } from '../engine/engine.ts'
import type { Store } from '../engine/ports.ts'
import { memoryStore } from '../store/index.ts'
import { inSlices } from '../waiting/slices.ts'
import { checkOptions } from './checks.ts'
import { placeholder, readFollowedDirectory, type Wanted } from './directory.ts'
import type { Reading } from './events/reading.ts'
import type { Follower } from './follower.ts'
import { FollowMemory, type KnownDirectory } from './memory.ts'
import type { FollowOptions } from './options.ts'
import { storedProofs } from './proofs.ts'
import { type FollowerParts, RunningFollower } from './running.ts'
import { Accounts } from './upstream/accounts.ts'
import { UpstreamError } from './upstream/error.ts'
import { DEFAULT_LIMITS, type FollowLimits } from './upstream/limits.ts'
import { UpstreamRest } from './upstream/rest.ts'
import { SIDES } from './upstream/upstream.ts'

/**
 * Starts to follow. Resolves when the engine runs; use `live()` to wait for the states of the users. If no side can be
 * reached, or none is in service, it starts all the same: reads are stale, and show what the store has.
 *
 * @throws InvalidArgument for options that cannot be used, or are not safe
 * @throws UpstreamError if the watching account is refused, a certificate is not trusted, or a named user or team does
 *   not exist
 */
export async function follow(options: FollowOptions): Promise<Follower> {
  const store = options.store ?? memoryStore({ keep: 'history' })
  try {
    checkOptions(options)
  } catch (error) {
    contained(() => store.close())
    throw error
  }
  const parts = partsOf(options, store)
  try {
    return await started(options, parts, store)
  } catch (error) {
    for (const each of parts.rest) each.close()
    contained(() => store.close())
    throw error
  }
}

function partsOf(options: FollowOptions, store: Store): FollowerParts {
  const clock = options.clock ?? systemClock()
  const limits: FollowLimits = { ...DEFAULT_LIMITS, ...options.limits }
  const { watch, agents = {} } = options.credentials
  const all = [...Object.entries(agents).map(([user, password]) => ({ user, password })), ...(watch ? [watch] : [])]
  const accounts = new Accounts(clock, limits.deniedRetryMs, all)
  const rest = options.sides.map(
    ({ rest }) => new UpstreamRest({ rest, clock, limits, accounts, fetch: options.fetch }),
  )
  const readersOf = (user: string) => [
    ...(Object.hasOwn(agents, user) ? [user] : []),
    ...(watch === undefined ? [] : [watch.user]),
  ]
  const { users = [], teams = [], logger = pino({ level: 'silent' }) } = options
  const wanted: Wanted = { users, teams, readersOf, watch: watch?.user, now: () => clock.now() }
  return { clock, limits, logger, accounts, rest, wanted, memory: new FollowMemory(store.records) }
}

async function started(options: FollowOptions, parts: FollowerParts, store: Store): Promise<Follower> {
  const { clock, logger, rest, wanted, memory } = parts
  const read = await readFirst(rest, wanted)
  const known = read ?? memory.directoryFor(wanted) ?? placeholder(wanted)
  if (read) await memory.keepDirectory(read, wanted)
  else
    logger.warn(
      { users: known.users.length },
      'the followed Finesse cannot be reached, or is out of service: reads are stale until it can be followed',
    )
  const proofs = await storedProofs(store, memory, known.users)
  const engine = await startEngine({
    role: 'follower',
    directory: known.directory,
    store,
    clock,
    sides: SIDES.slice(0, options.sides.length),
    retention: options.retention,
    eraseElsewhere: async ({ users }) => memory.erase(users),
    log: logger,
    confirmRemovals: true,
    inSlices,
  })
  return new RunningFollower(options, parts, { engine, known, isRead: read !== undefined, proofs })
}

/** From the first side that can be read; `undefined` if none can be reached. */
async function readFirst(rest: readonly UpstreamRest[], wanted: Wanted): Promise<KnownDirectory | undefined> {
  let refusal: unknown
  for (const [index, each] of rest.entries()) {
    const reading: Reading = { side: SIDES[index] ?? 'A', agentAt: () => undefined, strange: () => undefined }
    try {
      return await readFollowedDirectory(each, wanted, reading)
    } catch (error) {
      if (!(error instanceof UpstreamError && error.code === 'UPSTREAM_UNREACHABLE')) refusal ??= error
    }
  }
  if (refusal !== undefined) throw refusal
  return undefined
}
