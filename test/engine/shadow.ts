/** A standby's state that follows the commits of an engine, compared with a start on what the store has. */
import { Aggregates } from '../../src/engine/aggregate/aggregates.ts'
import type { Batch, JournalRow, Store, StoredState } from '../../src/engine/ports.ts'
import { recover } from '../../src/engine/recovery/recovery.ts'
import { LiveState } from '../../src/engine/standby/live-state.ts'
import { finished } from '../../src/waiting/steps.ts'

const EMPTY = { snapshots: [], tail: [], lastPosition: 0 } satisfies Partial<StoredState>

/** The states of all aggregates, by id. */
function statesOf(aggregates: Aggregates): ReadonlyMap<string, string> {
  const all = [...aggregates.values()].map((each) => [each.id, JSON.stringify(each.snapshot())] as const)
  return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The states that the last snapshots in memory and the rows since then give. */
function rebuilt(aggregates: Aggregates): ReadonlyMap<string, string> {
  const again = new Aggregates({ rules: aggregates.rules })
  for (const { id, tail } of aggregates.values()) {
    const made = again.open(id, tail.base && JSON.parse(JSON.stringify(tail.base)))
    for (const row of tail.rows) made.replay(row)
  }
  return statesOf(again)
}

const throughText = <T>(value: T): T => JSON.parse(JSON.stringify(value))

export class Shadow {
  readonly state: LiveState
  /** Has what `committed` says, at that time. */
  store: Pick<Store, 'load'>
  readonly #dice: (sides: number) => number
  #unread: JournalRow[] = []
  #last = 0
  readonly #checks: Promise<readonly string[]>[] = []
  /** Pages that ended in the middle of a commit. */
  halves = 0

  /** `dice`: numbers below `sides`, for the size of pages. */
  constructor(store: Pick<Store, 'load'>, dice: (sides: number) => number = () => 0) {
    this.store = store
    this.#dice = dice
    this.state = finished(LiveState.of({ ...EMPTY, lastOutboxNumber: 0 }, { isTwofold: true }))
  }

  get checks(): number {
    return this.#checks.length
  }

  /** The store has this batch. With the dice a standby reads some of the rows now, or all of them. */
  committed({ journal }: Batch): void {
    this.#unread.push(...journal)
    this.#last = journal.at(-1)?.position ?? this.#last
    const choice = this.#dice(4)
    if (choice === 3) return
    if (choice > 0) this.#read(this.#dice(this.#unread.length + 1))
    else this.catchUp()
  }

  /** Reads all rows, and compares with a start of the store as it is now. */
  catchUp(): void {
    this.#read(this.#unread.length)
    const [ahead, acknowledged] = [statesOf(this.state.ahead), statesOf(this.state.acknowledged)]
    const again = rebuilt(this.state.ahead)
    const { position } = this.state
    this.#checks.push(
      this.store.load().then((stored) => {
        const cold = new Aggregates()
        recover(cold, stored)
        const right = statesOf(cold)
        return [
          ...difference(`for the loop at ${position}`, ahead, right),
          ...difference(`for reads at ${position}`, acknowledged, right),
          ...difference(`built again at ${position}`, again, right),
        ]
      }),
    )
  }

  async differences(): Promise<readonly string[]> {
    return (await Promise.all(this.#checks)).flat()
  }

  #read(count: number): void {
    const rows = this.#unread.splice(0, count)
    if (this.#unread.length > 0 && count > 0) this.halves += 1
    // A page of no rows is read only when there are none.
    if (count > 0 || this.#unread.length === 0) finished(this.state.apply(throughText(rows), this.#last))
  }
}

function difference(
  what: string,
  found: ReadonlyMap<string, string>,
  right: ReadonlyMap<string, string>,
): readonly string[] {
  const ids = new Set([...found.keys(), ...right.keys()])
  return [...ids].flatMap((id) =>
    found.get(id) === right.get(id) ? [] : [`${id}, ${what}: ${found.get(id)} instead of ${right.get(id)}`],
  )
}

/** The same store, which tells the shadow what it has kept. */
export function shadowed<S extends Store>(store: S, shadow: Shadow): S {
  const commit = store.commit.bind(store)
  shadow.store = store
  store.commit = (batch) => {
    const answer = commit(batch)
    shadow.committed(batch)
    return answer
  }
  return store
}
