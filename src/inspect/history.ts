/** The frames of a span of the past, in the order of the journal. Their number is limited, and they are made lazily. */
import type { InspectedEvent } from '../engine/inspection/api.ts'
import type { History } from '../engine/ports.ts'
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'
import { isOfThePast } from '../history/retrace.ts'
import { factsOf } from './facts.ts'
import { frameOf, type Telling } from './frames.ts'
import { callsOf, type Passage, passage, type Span } from './past.ts'
import type { EndFrame, Frame } from './protocol.ts'
import { EVERYTHING, ownerOf, selectionOf } from './selection.ts'

/** A request for a part of the past. */
export interface Recollection extends Span {
  readonly users: readonly string[]
  readonly dialogs: readonly string[]
  readonly aggregates: readonly string[]
  readonly mrds: readonly string[]
  /** Most frames. */
  readonly limit: number
  readonly definitions: boolean
}

export const FRAMES = { standard: 20_000, most: 100_000 } as const

/** Most users, dialogs and aggregates in one request. Calls of the users come in addition, up to `CALLS_MOST`. */
export const ASKED_MOST = 8
const CALLS_MOST = 200

/** The store keeps nothing about a user, dialog or aggregate that was asked for. */
export class NothingKept extends MrdianError {
  override readonly name = 'NothingKept'
  readonly code: CodeOf<'NothingKept'> = 'NOTHING_KEPT'
  readonly about: string

  constructor(about: string) {
    super(`nothing is kept of ${about}`)
    this.about = about
  }
}

/**
 * The frames, one step at a time, and an `EndFrame` last. If the machines refuse a stored step, the frames end early
 * and the `EndFrame` has the reason.
 *
 * Rejects with NothingKept before the first frame, if the store knows nothing about what was asked for.
 */
export async function* recollect(
  history: History,
  asked: Recollection,
  personal: boolean,
): AsyncGenerator<readonly Frame[]> {
  // What is written meanwhile is not shown.
  const position = history.lastPosition
  const names = await namesIn(history, asked, position)
  const telling = { personal, definitions: asked.definitions, contexts: true }
  yield* framesOf({ history, position, names }, asked, telling)
}

interface Kept {
  readonly history: History
  readonly position: number
  readonly names: readonly string[]
}

async function* framesOf(
  { history, position, names }: Kept,
  asked: Recollection,
  telling: Telling,
): AsyncGenerator<readonly Frame[]> {
  const passages: Passage[] = []
  let frames = 0
  const end = (more: Partial<EndFrame> = {}): readonly [EndFrame] => [
    { type: '@mrdian.end', complete: true, frames, ...more },
  ]
  const selection = selectionIn(asked)
  const shown = (events: readonly InspectedEvent[]) => {
    const wanted = events.filter(selection).map((event) => frameOf(event, telling))
    frames += wanted.length
    return wanted
  }
  try {
    for (const name of names) {
      const replay = await passage(history, name, asked, position)
      passages.push(replay)
      yield shown(replay.beginning)
    }
    for (let first = earliest(passages); first; first = earliest(passages)) {
      if (frames >= asked.limit) return yield end({ complete: false, next: first.at })
      yield shown(await first.next())
    }
    yield end()
  } catch (error) {
    if (!isOfThePast(error)) throw error
    yield end({ complete: false, problem: error.message })
  } finally {
    for (const each of passages) await each.close()
  }
}

function earliest(passages: readonly Passage[]): Passage | undefined {
  let found: Passage | undefined
  for (const each of passages)
    if (each.position !== undefined && (found?.position === undefined || each.position < found.position)) found = each
  return found
}

/** The aggregates to read, each once. */
async function namesIn(history: History, asked: Recollection, position: number): Promise<readonly string[]> {
  const { users, dialogs, aggregates } = asked
  const owners = dialogs.map((dialog) => [dialog, ownerOf(dialog)] as const)
  const isKept = async (name: string) => (await history.aggregate(name)) !== undefined
  const ofDialogs: string[] = []
  for (const [dialog, owner] of owners) {
    const name = owner === undefined ? `call/${dialog}` : `user/${owner}`
    // The calls of a follower are in the aggregates of its users.
    if (owner !== undefined || users.length === 0 || (await isKept(name))) ofDialogs.push(name)
  }
  const named = [...new Set([...users.map((user) => `user/${user}`), ...ofDialogs, ...aggregates])]
  for (const name of named) if (!(await isKept(name))) throw new NothingKept(name)
  const calls: string[] = []
  if (dialogs.length === 0)
    for (const user of users) calls.push(...(await callsOf(history, user, asked, position, CALLS_MOST)))
  return [...new Set([...named, ...calls])]
}

/** Filters the actors. All actors of an aggregate that was asked for by name pass. */
function selectionIn({ dialogs, aggregates, mrds }: Recollection): (event: InspectedEvent) => boolean {
  const narrowed = selectionOf({ ...EVERYTHING, mrds, dialogs })
  const whole = new Set(aggregates)
  return ({ rootId, actorRef }) => whole.has(rootId) || narrowed(factsOf(actorRef))
}
