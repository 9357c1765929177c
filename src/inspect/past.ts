/**
 * Replays the journal through the machines, which report the same steps as at that time. So the frames of a span are
 * the same as those that a live stream sent then.
 */

import { type Input, isInput } from '../engine/input.ts'
import type { InspectedEvent } from '../engine/inspection/api.ts'
import { Probe, present } from '../engine/inspection/probe.ts'
import type { History, JournalRow, Json } from '../engine/ports.ts'
import { currentRow } from '../engine/recovery/migrations.ts'
import { ending } from '../history/ending.ts'
import { type Retracing, retrace } from '../history/retrace.ts'

/** A span of time, with both ends included. Milliseconds since 1970 UTC. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** The replay of one aggregate through a span. */
export interface Passage {
  /** Its actors before the first step of the span. */
  readonly beginning: readonly InspectedEvent[]
  /** Position of the next step; `undefined` after the last one. */
  readonly position: number | undefined
  /** Time of the next step. */
  readonly at: number
  /** Replays the next step. */
  next(): Promise<readonly InspectedEvent[]>
  close(): Promise<void>
}

/**
 * Replays an aggregate up to the beginning of a span.
 *
 * Rejects with StepRefused, SnapshotRefused, PastForgotten, UnknownMachineVersion. `position`: rows after it are left out.
 */
export async function passage(
  history: History,
  name: string,
  { from, to }: Span,
  position = history.lastPosition,
): Promise<Passage> {
  const kept = ending(history, { time: to, position })
  const probe = new Probe()
  probe.subscribe(() => undefined)
  const tracing = await retrace(kept, name, from - 1, probe)
  // The tracing applies a row when it reads it. This second iterator shows the next row before that.
  const ahead = kept.rows(name, tracing.aggregate.sequence)[Symbol.asyncIterator]()
  let row = await nextRow(ahead)
  for (; row && row.at < from; row = await nextRow(ahead)) await tracing.next()
  return {
    beginning: present(tracing.aggregate),
    get position() {
      return row?.position
    },
    get at() {
      return row?.at ?? to
    },
    async next() {
      row = await nextRow(ahead)
      return watched(tracing, probe)
    },
    async close() {
      await tracing.close()
      await ahead.return?.()
    },
  }
}

async function nextRow(rows: AsyncIterator<JournalRow>): Promise<JournalRow | undefined> {
  const { value, done } = await rows.next()
  return done ? undefined : value
}

async function watched(tracing: Retracing, probe: Probe): Promise<readonly InspectedEvent[]> {
  probe.begin()
  try {
    const step = await tracing.next()
    const input = step && inputOf(step.row)
    if (!step || !input || step.row.outcome === 'failed') return []
    return probe.end(tracing.aggregate, input, step.row) ?? []
  } finally {
    probe.discard()
  }
}

function inputOf(row: JournalRow): Input | undefined {
  const { input } = currentRow(row)
  return isInput(input) ? input : undefined
}

/** Calls that sent a message to a user in a span, at most `most` of them. */
export async function callsOf(
  history: History,
  user: string,
  { from, to }: Span,
  position: number,
  most: number,
): Promise<readonly string[]> {
  const name = `user/${user}`
  const kept = ending(history, { time: to, position })
  const after = (await kept.snapshot(name, from - 1))?.sequence ?? 0
  const found = new Set<string>()
  for await (const { at, input } of kept.rows(name, after)) {
    const sender = at < from ? undefined : senderOf(input)
    if (sender?.startsWith('call/')) found.add(sender)
    if (found.size >= most) break
  }
  const calls: string[] = []
  for (const call of found) if ((await history.aggregate(call)) !== undefined) calls.push(call)
  return calls
}

function senderOf(input: Json): string | undefined {
  if (typeof input !== 'object' || input === null || !('from' in input) || !('number' in input)) return undefined
  return typeof input.from === 'string' ? input.from : undefined
}
