/** A history together with the rules for its replay. */
import type { History } from '../ports.ts'
import type { RuleBook } from './rule-book.ts'

/** The same history, with the rules that explain and replay have to use. */
export const withRules = (history: History, rules: RuleBook): History =>
  rules.isPlain ? history : Object.assign(delegating(history), { rules })

/** A copy that passes all calls on. `{ ...history }` would lose methods that are on its prototype. */
export function delegating(history: History): History {
  return {
    get storeId() {
      return history.storeId
    },
    get lastPosition() {
      return history.lastPosition
    },
    get lastOutboxNumber() {
      return history.lastOutboxNumber
    },
    ...(history.rules ? { rules: history.rules } : {}),
    aggregates: () => history.aggregates(),
    aggregate: (name) => history.aggregate(name),
    snapshot: (name, time) => history.snapshot(name, time),
    snapshots: (name) => history.snapshots(name),
    rows: (name, sequence) => history.rows(name, sequence),
    row: (position) => history.row(position),
    causedBy: (position) => history.causedBy(position),
    madeBy: (id) => history.madeBy(id),
    all: (position) => history.all(position),
    outbox: () => history.outbox(),
  }
}
