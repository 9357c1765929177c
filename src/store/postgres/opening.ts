/** Opens a store: waits for a server that takes changes, prepares its tables, and takes the next epoch. */
import { MrdianError } from '../../errors/mrdian-error.ts'
import { nextPause, type PauseLimits } from '../../waiting/pause.ts'
import { within } from '../../waiting/within.ts'
import { StoreError } from '../errors.ts'
import type { Address } from './address.ts'
import { KnownEnds } from './ends.ts'
import { toStoreError } from './errors.ts'
import { thisProcess } from './holder.ts'
import type { Given } from './options.ts'
import { type Begun, take } from './owner.ts'
import { type Records, readRecords } from './rows.ts'
import { prepareSchema } from './schema.ts'
import { openSession, type Session } from './session.ts'
import { Waiting } from './standby.ts'
import { explainLock, unconfirmed } from './unconfirmed.ts'

/** What the store begins with. */
export interface Opened {
  readonly session: Session
  readonly begun: Begun
  readonly ends: KnownEnds
  readonly records: Records
}

const PAUSES: PauseLimits = { first: 100, longest: 1000 }

/**
 * Tries again while no server can be reached, within the time of the options.
 *
 * @throws StoreError
 */
export async function openStore(address: Address, options: Given, owner: string): Promise<Opened> {
  const waiting = options.standby && new Waiting(options.standby, address, options)
  let end = performance.now() + options.connectWithin
  let pause: number | undefined
  let told = ''
  for (;;) {
    try {
      waiting?.goOn()
      return await attempt(address, options, owner, { waiting, left: end - performance.now() })
    } catch (error) {
      // The follower's.
      if (error instanceof MrdianError && !(error instanceof StoreError)) throw error
      const refused = toStoreError(error, address.shown, 'FAILED')
      pause = nextPause(PAUSES, pause)
      if (waiting?.hasWaited) end = Number.POSITIVE_INFINITY
      // Another one who waited was faster.
      if (refused.code === 'IN_USE' && waiting) continue
      if (refused.code !== 'UNREACHABLE' || performance.now() + pause > end) throw refused
      if (refused.message !== told) options.onLine(`${refused.message}; trying again`)
      told = refused.message
    }
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}

/** `left`: milliseconds for one who has not waited. */
async function attempt(
  address: Address,
  options: Given,
  owner: string,
  { waiting, left }: { readonly waiting: Waiting | undefined; readonly left: number },
): Promise<Opened> {
  const session = await openSession(address, options)
  try {
    await waiting?.untilFree(session)
    const time = waiting?.hasWaited ? options.connectWithin : Math.max(0, left)
    const beginning = begin(session, address, options, owner)
    beginning.catch(() => undefined)
    if (!(await within(time, beginning))) throw unconfirmed(address)
    if (session.isInDoubt) throw unconfirmed(address)
    return await beginning
  } catch (error) {
    const explained = await explainLock(session.reads, address, error)
    session.destroy()
    throw explained
  }
}

async function begin(session: Session, address: Address, options: Given, owner: string): Promise<Opened> {
  const { changes } = session
  await prepareSchema(changes, address, options.schema)
  const begun = await take(changes, { owner, holder: thisProcess(), lease: options.lease, shown: address.shown })
  const ends = new KnownEnds(begun)
  await ends.read(changes)
  return { session, begun, ends, records: await readRecords(changes, address.shown) }
}
