/** The timeline of a span: groups the inputs of a user by the outside input or deadline that caused them. */
import type { History } from '../../engine/ports.ts'
import { eachInTime } from '../../waiting/reading-time.ts'
import type { Chains } from './chain.ts'
import { changesOf } from './changes.ts'
import type { Episode, FoldedInput, Subject, Timeline } from './explanation.ts'
import { inputWords, requestIdOf, rowWords, subjectsOf, whoOf } from './inputs.ts'
import type { Names } from './names.ts'
import { type Outbox, type PutOut, putOut } from './outputs.ts'
import { quietReason } from './quiet.ts'
import { inputOf, type Move, segment } from './trace.ts'

export interface Span {
  readonly from: number
  readonly to: number
  /** The last position. Later rows were written after the question. */
  readonly position: number
  readonly limit: number
  /** Whether the question is about a subject; `undefined` matches everything. */
  readonly matches: ((subject: Subject) => boolean) | undefined
}

/** What is needed to describe a timeline. */
export interface Telling {
  readonly chains: Chains
  readonly names: Names
  readonly outbox: Outbox
}

/**
 * Number of newest episodes to which rows can still be added. It is small because rows of one episode lie close
 * together.
 */
const OPEN = 16

export async function timelineOf(history: History, name: string, span: Span, telling: Telling): Promise<Timeline> {
  const { from, to, position, limit } = span
  const piece = await segment(history, name, from - 1, { time: to, position })
  const drafts: Draft[] = []
  let leftOut = 0
  for (let move = await piece.next(); move; move = await piece.next()) {
    if (move.row.at < from) continue
    const { row, kept } = await telling.chains.root(move.row)
    let draft = drafts.slice(-OPEN).find((each) => each.position === row.position)
    if (!draft) {
      draft = new Draft(row, kept)
      drafts.push(draft)
    }
    draft.add(move, span.matches, telling)
    const settled = drafts.at(-OPEN - 1)
    if (settled && !settled.isRelevant) drafts.splice(drafts.length - OPEN - 1, 1)
    if (drafts.length > limit + OPEN) {
      drafts.shift()
      leftOut += 1
    }
  }
  const relevant = drafts.filter(({ isRelevant }) => isRelevant)
  const episodes: Episode[] = []
  await eachInTime(relevant.slice(-limit), (draft) => episodes.push(draft.episode(telling)))
  return { from, to, episodes, leftOut: leftOut + relevant.length - episodes.length }
}

/** An episode that is being collected. Its texts are made at the end, only if it is part of the timeline. */
class Draft {
  readonly position: number
  isRelevant = false
  readonly #root: Move['row']
  readonly #kept: boolean
  readonly #moves: Move[] = []

  constructor(root: Move['row'], kept: boolean) {
    this.position = root.position
    this.#root = root
    this.#kept = kept
  }

  add(move: Move, matches: Span['matches'], { names }: Telling): void {
    this.#moves.push(move)
    this.isRelevant ||= matches === undefined || isAbout(move, matches, names)
  }

  episode({ names, outbox }: Telling): Episode {
    const moves = this.#moves
    const changes = moves.flatMap(({ before, after, outputs }) => changesOf(before, after, outputs, names))
    const puts = moves.map((move) => said(move, outbox, names))
    const all = <K extends keyof PutOut>(key: K) => puts.flatMap((put): PutOut[K][number][] => [...put[key]])
    const [notifications, requests, deadlines] = [all('notifications'), all('requests'), all('deadlines')]
    const [failures, flagged] = [all('failures'), all('flagged')]
    const failed = moves.flatMap(({ row }) => (row.outcome === 'failed' ? [row.error ?? ''] : []))
    const [first] = moves
    const isQuiet = [changes, notifications, requests, failures, flagged, failed].every((each) => each.length === 0)
    const quiet = isQuiet && first ? quietReason(first) : null
    const inputs = moves.map((move) => folded(move, names))
    return {
      ...headOf(this.#root, names),
      kept: this.#kept,
      inputs,
      changes,
      deadlines,
      notifications,
      requests,
      failures,
      flagged,
      failed,
      quiet,
    }
  }
}

function headOf(root: Move['row'], names: Names) {
  const { at, position, aggregate } = root
  const input = inputOf(root)
  const requestId = requestIdOf(root.origin, input)
  return { at, position, aggregate, what: rowWords(root, input, names), who: whoOf(root.origin), requestId }
}

function folded({ row, input }: Move, names: Names): FoldedInput {
  const { position, sequence, at, aggregate } = row
  return { position, sequence, at, what: inputWords(input, aggregate, names) }
}

function said({ row, input, outputs, armed, after }: Move, outbox: Outbox, names: Names): PutOut {
  const put = putOut(row, outputs, after, outbox, names)
  // Machines also clear deadlines that are not armed. Only those that were armed are reported.
  const deadlines = put.deadlines.filter(
    ({ change, owner, name }) =>
      change !== 'cleared' || armed.some((each) => each.owner === owner && each.name === name),
  )
  if (input.kind !== 'deadline') return { ...put, deadlines }
  const { owner, name, due } = input
  return { ...put, deadlines: [{ change: 'fired', owner, name, due }, ...deadlines] }
}

function isAbout(
  { input, before, after, outputs }: Move,
  matches: (subject: Subject) => boolean,
  names: Names,
): boolean {
  return (
    subjectsOf(input).some(matches) || changesOf(before, after, outputs, names).some(({ subject }) => matches(subject))
  )
}
