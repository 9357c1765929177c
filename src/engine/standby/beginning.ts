/** What a core begins with: the state of a standby and the last rows, or all that the store has. */
import { asError } from '../contained.ts'
import type { CoreParts } from '../parts.ts'
import { inPieces } from '../pieces.ts'
import type { History, StoredState } from '../ports.ts'
import { LiveState } from './live-state.ts'
import type { Ready } from './standby.ts'

export interface Beginning {
  readonly state: LiveState
  readonly stored: Pick<StoredState, 'outbox' | 'lastPosition' | 'lastOutboxNumber'>
  /** The rows that are in the store only. `state.keyed` has those that follow them. */
  readonly loaded: Pick<StoredState, 'tail' | 'lastPosition'>
}

/** Nothing else may use the store before it resolves. Rejects with `RecoveryError` if the content cannot be read. */
export async function beginning(parts: CoreParts): Promise<Beginning> {
  const { store, standby, throwaway: isThrowaway, probe, rules, inSlices } = parts
  const ready = standby?.take()
  const { history } = store
  if (ready && history && ready.id === store.id && store.answersLater) {
    const rows = await caughtUp(ready, history, parts)
    if (rows !== undefined) {
      standby?.takenOver(rows)
      const { lastPosition, lastOutboxNumber } = history
      return {
        state: ready.state,
        stored: { outbox: await history.outbox(), lastPosition, lastOutboxNumber },
        loaded: { tail: [], lastPosition: ready.state.began },
      }
    }
  }
  const stored = await store.load()
  const options = { isThrowaway, probe, rules, isTwofold: store.answersLater ?? false }
  return { state: await inSlices(LiveState.of(stored, options)), stored, loaded: stored }
}

/** Applies the last rows. Returns their number; `undefined` if they cannot be applied. */
async function caughtUp({ state }: Ready, history: History, { inSlices, log }: CoreParts): Promise<number | undefined> {
  const from = state.position
  const last = history.lastPosition
  try {
    for await (const rows of inPieces(history.all(from), PAGE)) await inSlices(state.apply(rows, last))
    await inSlices(state.apply([], last))
    return last - from
  } catch (error) {
    log.warn({ err: asError(error).message }, 'the standby cannot apply the last rows: the engine loads the store')
    return undefined
  }
}

const PAGE = 256
