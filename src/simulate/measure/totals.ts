/** Sums over all agents. */
import type { Directory } from '../../directory/model.ts'
import type { AgentResult, Ending, WorkTotals } from '../result.ts'

/** Computes a number for every kind of ending. */
export const perEnding = (of: (ending: Ending) => number): Record<Ending, number> => ({
  handled: of('handled'),
  ronaTransfers: of('ronaTransfers'),
  transfers: of('transfers'),
  closedBySignOut: of('closedBySignOut'),
  abandoned: of('abandoned'),
  expired: of('expired'),
  lost: of('lost'),
})

/** Sums per MRD, in the order of the directory. */
export function workOfAll(agents: readonly AgentResult[], { mediaRoutingDomains }: Directory): readonly WorkTotals[] {
  const all = agents.flatMap(({ work }) => work)
  const byMrd = Map.groupBy(all, ({ mrd }) => mrd)
  return mediaRoutingDomains.flatMap(({ id, name }) => {
    const parts = byMrd.get(id)
    return parts ? [sumOf(id, name, parts)] : []
  })
}

function sumOf(mrd: string, name: string, parts: readonly WorkTotals[]): WorkTotals {
  const sum = (of: (part: WorkTotals) => number) => parts.reduce((all, part) => all + of(part), 0)
  const states = [...new Set(parts.flatMap(({ stateMs }) => Object.keys(stateMs)))].sort()
  return {
    mrd,
    name,
    offered: sum(({ offered }) => offered),
    accepted: sum(({ accepted }) => accepted),
    endings: perEnding((ending) => sum(({ endings }) => endings[ending])),
    interruptions: sum(({ interruptions }) => interruptions),
    activeMs: sum(({ activeMs }) => activeMs),
    pausedMs: sum(({ pausedMs }) => pausedMs),
    interruptedMs: sum(({ interruptedMs }) => interruptedMs),
    wrapUpMs: sum(({ wrapUpMs }) => wrapUpMs),
    acceptMs: sum(({ acceptMs }) => acceptMs),
    stateMs: Object.fromEntries(states.map((state) => [state, sum(({ stateMs }) => stateMs[state] ?? 0)])),
  }
}
