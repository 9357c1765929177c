/** Finds, for every state at a moment, the input that led to it. */

import type { Deadline } from '../../engine/aggregate/deadlines.ts'
import type { History } from '../../engine/ports.ts'
import { type Mark, marksOf, type Picture } from './picture.ts'
import { type Move, type Segment, segment } from './trace.ts'

/** At most this many segments of the journal are searched for a change whose time the machines do not keep. */
const LOOKBACK_SEGMENTS = 16

export interface Moment {
  readonly picture: Picture
  readonly deadlines: readonly Deadline[]
  /**
   * By key of the subject: the input of its last change. The mode of a medium has a key like `mode:5001`, the request
   * for a pending state has the key `asked`.
   */
  readonly changes: ReadonlyMap<string, Move>
  /** The last input up to the moment. */
  readonly last: Move | undefined
  readonly start: Segment['start']
}

type Marked = ReadonlyMap<string, Pick<Mark, 'state' | 'time'>>

/** The states of all subjects, and the modes of the media. */
function marked(picture: Picture | undefined): Marked {
  if (!picture) return new Map()
  const marks = new Map<string, Pick<Mark, 'state' | 'time'>>(marksOf(picture))
  for (const [mrd, { view }] of Object.entries(picture.media))
    marks.set(`mode:${mrd}`, { state: String(view.routable), time: null })
  return marks
}

const differ = (a: Pick<Mark, 'state' | 'time'> | undefined, b: Pick<Mark, 'state' | 'time'> | undefined) =>
  a?.state !== b?.state || a?.time !== b?.time

/** These subjects exist from the first configuration on. Their first appearance is no change. */
const BEGINS_AT_REST = /^(?:voice$|media:|mode:|presence:)/

export const ASKED = 'asked'

/** Whether the move requested a state that has to wait. */
const isAsked = ({ before, after }: Move) =>
  after !== undefined && after.voice.pendingState !== '' && after.voice.pendingState !== before?.voice.pendingState

/** Keys of the states that a move changed. */
function touched({ before, after }: Move): readonly string[] {
  const [old, fresh] = [marked(before), marked(after)]
  return [...new Set([...old.keys(), ...fresh.keys()])].filter(
    (key) => (old.has(key) || !BEGINS_AT_REST.test(key)) && differ(old.get(key), fresh.get(key)),
  )
}

/**
 * The user at `time`. `alsoEnded`: key of a dialog or call that may have ended by then; its end is also searched.
 */
export async function momentOf(
  history: History,
  name: string,
  until: { readonly time: number; readonly position: number },
  alsoEnded: string | undefined,
): Promise<Moment | undefined> {
  const changes = new Map<string, Move>()
  const now = await segment(history, name, until.time, until)
  let last: Move | undefined
  for (let move = await now.next(); move; move = await now.next()) {
    for (const key of touched(move)) changes.set(key, move)
    if (isAsked(move)) changes.set(ASKED, move)
    last = move
  }
  const { picture } = now
  if (!picture) return undefined
  await findByTime(history, name, picture, until.position, changes)
  await findBefore(history, name, picture, until.position, changes, now.start, alsoEnded)
  return { picture, deadlines: now.deadlines, changes, last, start: now.start }
}

/** Finds the changes whose times the machines keep. Only the segment of each time is read. */
async function findByTime(
  history: History,
  name: string,
  picture: Picture,
  position: number,
  changes: Map<string, Move>,
): Promise<void> {
  const missing = [...marked(picture)].filter(([key, { time }]) => time !== null && !changes.has(key))
  for (const time of new Set(missing.map(([, mark]) => mark.time ?? 0))) {
    const piece = await segment(history, name, time - 1, { time, position })
    let asked: Move | undefined
    for (let move = await piece.next(); move; move = await piece.next()) {
      if (isAsked(move)) asked = move
      for (const key of touched(move))
        if (missing.some(([each, mark]) => each === key && mark.time === time)) changes.set(key, move)
    }
    if (asked && !changes.has(ASKED)) changes.set(ASKED, asked)
  }
}

/** Finds the changes whose times are not kept: searches one segment after the other, backwards. */
async function findBefore(
  history: History,
  name: string,
  picture: Picture,
  position: number,
  changes: Map<string, Move>,
  start: Segment['start'],
  alsoEnded: string | undefined,
): Promise<void> {
  const isMissing = ([key, { state }]: [string, Pick<Mark, 'state'>]) =>
    (key.startsWith('presence:') && state !== 'ABSENT') ||
    (key.startsWith('mode:') && state === 'false' && isSignedIn(picture, key))
  const wanted = new Set([...marked(picture)].filter(isMissing).map(([key]) => key))
  if (picture.voice.pendingState !== '') wanted.add(ASKED)
  if (alsoEnded !== undefined && !marked(picture).has(alsoEnded)) wanted.add(alsoEnded)
  let [end, at] = [start.sequence, start.at]
  for (let count = 0; count < LOOKBACK_SEGMENTS && end > 0; count += 1) {
    for (const key of wanted) if (changes.has(key)) wanted.delete(key)
    if (wanted.size === 0) return
    const piece = await segment(history, name, at - 1, { time: at, sequence: end, position })
    if (piece.start.sequence >= end) return
    const found = new Map<string, Move>()
    for (let move = await piece.next(); move; move = await piece.next()) {
      for (const key of touched(move)) if (wanted.has(key)) found.set(key, move)
      if (wanted.has(ASKED) && isAsked(move)) found.set(ASKED, move)
    }
    for (const [key, move] of found) changes.set(key, move)
    ;[end, at] = [piece.start.sequence, piece.start.at]
  }
}

const isSignedIn = (picture: Picture, key: string) => picture.media[key.slice('mode:'.length)]?.view.state !== 'LOGOUT'
