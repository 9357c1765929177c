/** A store whose reads answer later, and in which something may be committed before each answer. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { History, Store } from '../../src/engine/ports.ts'
import { delegating } from '../../src/engine/rules/ruled-history.ts'

/** Rows that are read at once. It is small, so that much can happen within an iteration. */
const PAGE = 3

/** The same history. `between` runs before each answer, after other work of the process. */
export function lateHistory(history: History, between: () => Promise<void> = async () => undefined): History {
  const late = async <T>(read: () => Promise<T>): Promise<T> => {
    await nextTurn()
    await between()
    return read()
  }
  async function* pages<Row>(
    from: number,
    rowsAfter: (place: number) => AsyncIterable<Row>,
    placeOf: (row: Row) => number,
  ): AsyncGenerator<Row> {
    for (let place = from; ; ) {
      const page = await late(() => firstOf(rowsAfter(place)))
      yield* page
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) return
      place = placeOf(last)
    }
  }
  const snapshotsAfter = async function* (name: string, place: number) {
    for await (const row of history.snapshots(name)) if (row.sequence > place) yield row
  }
  return {
    ...delegating(history),
    get lastPosition() {
      return history.lastPosition
    },
    aggregates: () => late(() => history.aggregates()),
    aggregate: (name) => late(() => history.aggregate(name)),
    snapshot: (name, time) => late(() => history.snapshot(name, time)),
    snapshots: (name) =>
      pages(
        -1,
        (place) => snapshotsAfter(name, place),
        ({ sequence }) => sequence,
      ),
    rows: (name, sequence) =>
      pages(
        sequence,
        (place) => history.rows(name, place),
        (row) => row.sequence,
      ),
    row: (position) => late(() => history.row(position)),
    causedBy: (position) => late(() => history.causedBy(position)),
    madeBy: (id) => late(() => history.madeBy(id)),
    all: (position) =>
      pages(
        position,
        (place) => history.all(place),
        (row) => row.position,
      ),
    outbox: () => late(() => history.outbox()),
  }
}

/** The same store. Everything but commits answers later. */
export function lateReading(store: Store, between?: () => Promise<void>): Store {
  const late = async <T>(answer: () => T | Promise<T>): Promise<T> => {
    await nextTurn()
    return answer()
  }
  return {
    get id() {
      return store.id
    },
    history: store.history && lateHistory(store.history, between),
    records: {
      list: (collection) => store.records.list(collection),
      put: (...given) => late(() => store.records.put(...given)),
      delete: (...given) => late(() => store.records.delete(...given)),
    },
    load: () => late(() => store.load()),
    commit: (batch) => store.commit(batch),
    compact: (before) => late(() => store.compact(before)),
    rewrite: (...given) => late(() => store.rewrite(...given)),
    clear: () => late(() => store.clear()),
    close: () => late(() => store.close()),
  }
}

async function firstOf<Row>(rows: AsyncIterable<Row>): Promise<readonly Row[]> {
  const page: Row[] = []
  for await (const row of rows) {
    page.push(row)
    if (page.length === PAGE) break
  }
  return page
}
