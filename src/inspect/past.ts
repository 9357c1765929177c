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
  next(): readonly InspectedEvent[]
  close(): void
}

/**
 * Replays an aggregate up to the beginning of a span.
 *
 * @throws StepRefused, SnapshotRefused, UnknownMachineVersion.
 */
export function passage(history: History, name: string, { from, to }: Span): Passage {
  const kept = ending(history, { time: to, position: history.lastPosition })
  const probe = new Probe()
  probe.subscribe(() => undefined)
  const tracing = retrace(kept, name, from - 1, probe)
  // The tracing applies a row when it reads it. This second iterator shows the next row before that.
  const ahead = kept.rows(name, tracing.aggregate.sequence)[Symbol.iterator]()
  let row = nextRow(ahead)
  for (; row && row.at < from; row = nextRow(ahead)) tracing.next()
  return {
    beginning: present(tracing.aggregate),
    get position() {
      return row?.position
    },
    get at() {
      return row?.at ?? to
    },
    next() {
      row = nextRow(ahead)
      return watched(tracing, probe)
    },
    close() {
      tracing.close()
      ahead.return?.()
    },
  }
}

function nextRow(rows: Iterator<JournalRow>): JournalRow | undefined {
  const { value, done } = rows.next()
  return done ? undefined : value
}

function watched(tracing: Retracing, probe: Probe): readonly InspectedEvent[] {
  probe.begin()
  try {
    const step = tracing.next()
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
export function callsOf(history: History, user: string, { from, to }: Span, most: number): readonly string[] {
  const name = `user/${user}`
  const after = history.snapshot(name, from - 1)?.sequence ?? 0
  const found = new Set<string>()
  for (const { at, input } of ending(history, { time: to, position: history.lastPosition }).rows(name, after)) {
    const sender = at < from ? undefined : senderOf(input)
    if (sender?.startsWith('call/')) found.add(sender)
    if (found.size >= most) break
  }
  return [...found].filter((call) => history.aggregate(call) !== undefined)
}

function senderOf(input: Json): string | undefined {
  if (typeof input !== 'object' || input === null || !('from' in input) || !('number' in input)) return undefined
  return typeof input.from === 'string' ? input.from : undefined
}
