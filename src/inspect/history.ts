/** The frames of a span of the past, in the order of the journal. Their number is limited, and they are made lazily. */
import type { InspectedEvent } from '../engine/inspection/api.ts'
import type { History } from '../engine/ports.ts'
import { isOfOtherMachines } from '../engine/rules/unknown-rules.ts'
import { type CodeOf, MrdianError } from '../errors/mrdian-error.ts'
import { SnapshotRefused, StepRefused } from '../history/retrace.ts'
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
 * @throws NothingKept before the first frame, if the store knows nothing about what was asked for.
 */
export function recollect(history: History, asked: Recollection, personal: boolean): Generator<readonly Frame[]> {
  const names = namesIn(history, asked)
  return framesOf(history, names, asked, { personal, definitions: asked.definitions, contexts: true })
}

function* framesOf(
  history: History,
  names: readonly string[],
  asked: Recollection,
  telling: Telling,
): Generator<readonly Frame[]> {
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
      const replay = passage(history, name, asked)
      passages.push(replay)
      yield shown(replay.beginning)
    }
    for (let first = earliest(passages); first; first = earliest(passages)) {
      if (frames >= asked.limit) return yield end({ complete: false, next: first.at })
      yield shown(first.next())
    }
    yield end()
  } catch (error) {
    const isOfThePast = error instanceof StepRefused || error instanceof SnapshotRefused || isOfOtherMachines(error)
    if (!isOfThePast) throw error
    yield end({ complete: false, problem: error.message })
  } finally {
    for (const each of passages) each.close()
  }
}

function earliest(passages: readonly Passage[]): Passage | undefined {
  let found: Passage | undefined
  for (const each of passages)
    if (each.position !== undefined && (found?.position === undefined || each.position < found.position)) found = each
  return found
}

/** The aggregates to read, each once. */
function namesIn(history: History, asked: Recollection): readonly string[] {
  const { users, dialogs, aggregates } = asked
  const owners = dialogs.map((dialog) => [dialog, ownerOf(dialog)] as const)
  const ofDialogs = owners.flatMap(([dialog, owner]) => {
    const name = owner === undefined ? `call/${dialog}` : `user/${owner}`
    // The calls of a follower are in the aggregates of its users.
    return owner === undefined && users.length > 0 && history.aggregate(name) === undefined ? [] : [name]
  })
  const named = [...new Set([...users.map((user) => `user/${user}`), ...ofDialogs, ...aggregates])]
  const unknown = named.find((name) => history.aggregate(name) === undefined)
  if (unknown !== undefined) throw new NothingKept(unknown)
  const calls = dialogs.length > 0 ? [] : users.flatMap((user) => callsOf(history, user, asked, CALLS_MOST))
  return [...new Set([...named, ...calls])]
}

/** Filters the actors. All actors of an aggregate that was asked for by name pass. */
function selectionIn({ dialogs, aggregates, mrds }: Recollection): (event: InspectedEvent) => boolean {
  const narrowed = selectionOf({ ...EVERYTHING, mrds, dialogs })
  const whole = new Set(aggregates)
  return ({ rootId, actorRef }) => whole.has(rootId) || narrowed(factsOf(actorRef))
}
