/** Checks that the figures of a simulation result agree with each other. */
import type { AgentResult, SimulationResult, Span, WorkTotals } from '../../src/simulate/index.ts'

const lengthOf = (spans: readonly Span[], state?: string) =>
  spans.filter((span) => state === undefined || span.state === state).reduce((all, { from, to }) => all + to - from, 0)

/** Errors unless the spans follow each other without gaps, none is empty, and no state comes twice in a row. */
function gapsOf(spans: readonly Span[], from: number, to: number): readonly string[] {
  let last = from
  const wrong: string[] = []
  for (const [index, span] of spans.entries()) {
    if (span.from !== last || span.to <= span.from) wrong.push(`${span.state} from ${span.from} after ${last}`)
    if (spans[index - 1]?.state === span.state) wrong.push(`${span.state} twice at ${span.from}`)
    last = span.to
  }
  return last === to ? wrong : [...wrong, `ends at ${last}, not at ${to}`]
}

function ofWork(work: WorkTotals, duration: number, agents: number): readonly string[] {
  const { offered, accepted, endings, stateMs } = work
  const ended = Object.values(endings).reduce((all, each) => all + each, 0)
  const states = Object.values(stateMs).reduce((all, each) => all + each, 0)
  return [
    ...(accepted > offered ? [`${accepted} accepted of ${offered}`] : []),
    ...(ended > offered ? [`${ended} ended of ${offered}`] : []),
    ...(states === duration * agents ? [] : [`${states} ms in states, of ${duration * agents}`]),
  ]
}

function ofAgent(agent: AgentResult, duration: number): readonly string[] {
  const { tracks = [], handlings = [], work, occupancy, signedInMs } = agent
  const wrong = tracks.flatMap(({ spans }) => gapsOf(spans, 0, duration))
  if (occupancy < 0 || occupancy > 1) wrong.push(`occupancy ${occupancy}`)
  if (signedInMs > duration) wrong.push(`signed in for ${signedInMs}`)
  for (const { spans, dialog } of handlings) {
    const first = spans[0]
    const last = spans.at(-1)
    if (first && last) wrong.push(...gapsOf(spans, first.from, last.to).map((each) => `${dialog}: ${each}`))
  }
  for (const totals of work) {
    wrong.push(...ofWork(totals, duration, 1))
    if (handlings.length === 0) continue
    const own = handlings.filter(({ mrd }) => mrd === totals.mrd)
    const active = own.reduce((all, { spans }) => all + lengthOf(spans, 'ACTIVE'), 0)
    if (active !== totals.activeMs) wrong.push(`${active} ms in handlings, ${totals.activeMs} in the totals`)
    const track = tracks.find(({ subject }) => subject === totals.mrd)
    for (const [state, ms] of Object.entries(totals.stateMs))
      if (track && lengthOf(track.spans, state) !== ms) wrong.push(`${state} of ${totals.mrd}: ${ms}`)
  }
  return wrong.map((each) => `${agent.user}: ${each}`)
}

/** The figures that do not agree. Empty when all agree. */
export function wrongSums(result: SimulationResult): readonly string[] {
  const { agents, work, queues, durationMs, counts } = result
  const wrong = agents.flatMap((agent) => ofAgent(agent, durationMs))
  for (const all of work) {
    const parts = agents.flatMap((agent) => agent.work.filter(({ mrd }) => mrd === all.mrd))
    wrong.push(...ofWork(all, durationMs, parts.length).map((each) => `${all.mrd}: ${each}`))
    for (const key of ['offered', 'accepted', 'activeMs', 'interruptedMs', 'wrapUpMs', 'interruptions'] as const) {
      const sum = parts.reduce((total, part) => total + part[key], 0)
      if (sum !== all[key]) wrong.push(`${all.mrd} ${key}: ${sum} of agents, ${all[key]} in all`)
    }
  }
  for (const { mrd, arrived, handled, abandoned, left, open, wait, longest, length } of queues) {
    if (arrived !== handled + abandoned + left + open || open < 0) wrong.push(`queue ${mrd}: ${arrived} arrived`)
    if (wait.count > arrived) wrong.push(`queue ${mrd}: ${wait.count} waits`)
    if (Math.max(0, ...length.values) > longest || Math.min(0, ...length.values) < 0)
      wrong.push(`queue ${mrd}: lengths`)
    const handledByAgents = work.find((each) => each.mrd === mrd)?.endings.handled
    if (handledByAgents !== undefined && handledByAgents > handled) wrong.push(`queue ${mrd}: ${handled} handled`)
  }
  const arrivals = queues.reduce((all, { arrived }) => all + arrived, 0)
  if (arrivals < counts.contacts) wrong.push(`${counts.contacts} contacts, ${arrivals} arrivals`)
  return wrong
}
