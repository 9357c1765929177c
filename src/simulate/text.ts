/** Prints a result as text for a terminal. */
import { table } from '../tables/index.ts'
import type { AgentResult, Expectation, QueueResult, SimulationResult, WorkTotals } from './result.ts'
import { printDuration } from './scenario/time.ts'
import { occupancyOf } from './scenario/totals.ts'

const percent = (share: number) => `${Math.round(share * 1000) / 10}%`
/** In whole seconds, because more is not needed in a table. */
const time = (ms: number) => printDuration(Math.round(ms / 1000) * 1000)

/** The report. `file` is printed before the line numbers of failed expectations. */
export function printResult(result: SimulationResult, file = result.scenario.name): string {
  const sections = [
    head(result),
    queues(result.queues),
    work(result.work),
    people(result.agents),
    assumptions(result),
    faults(result),
  ]
  return [...sections, expectations(result.expectations, file)].filter((each) => each !== '').join('\n\n')
}

function head({ scenario, seed, durationMs, counts, journalHash }: SimulationResult): string {
  const { agents, contacts, inputs, notifications, failedInputs } = counts
  return [
    scenario.title,
    `${time(durationMs)}, ${agents} agents, ${contacts} contacts, seed ${seed}`,
    `${inputs} inputs (${failedInputs} failed), ${notifications} notifications, journal ${journalHash.slice(0, 16)}`,
  ].join('\n')
}

function queues(all: readonly QueueResult[]): string {
  const used = all.filter(({ arrived }) => arrived > 0)
  if (used.length === 0) return ''
  const header = [
    'Queue',
    'arrived',
    'handled',
    'abandoned',
    'left',
    'open',
    'wait mean',
    'p90',
    'longest',
    'in level',
    'most waiting',
  ]
  const rows = used.map(({ mrd, name, wait, serviceLevel, serviceLevelMs, longest, ...counts }) => [
    `${name} ${mrd}`,
    ...[counts.arrived, counts.handled, counts.abandoned, counts.left, counts.open].map(String),
    time(wait.mean),
    time(wait.p90),
    time(wait.longest),
    `${percent(serviceLevel)} in ${time(serviceLevelMs)}`,
    String(longest),
  ])
  return table([header, ...rows])
}

function work(all: readonly WorkTotals[]): string {
  const used = all.filter(({ offered }) => offered > 0)
  if (used.length === 0) return ''
  const header = ['Work', 'offered', 'accepted', 'handled', 'RONA', 'transfers', 'signed out', 'other', 'interrupts']
  const rows = used.map(({ mrd, name, offered, accepted, endings, interruptions }) => {
    const other = endings.abandoned + endings.expired + endings.lost
    const ended = [endings.handled, endings.ronaTransfers, endings.transfers, endings.closedBySignOut, other]
    return [`${name} ${mrd}`, ...[offered, accepted, ...ended, interruptions].map(String)]
  })
  const times = used.map(({ mrd, name, activeMs, pausedMs, interruptedMs, wrapUpMs, accepted, acceptMs }) => [
    `${name} ${mrd}`,
    ...[activeMs, pausedMs, interruptedMs, wrapUpMs, accepted === 0 ? 0 : acceptMs / accepted].map(time),
  ])
  const timeHeader = ['Time on task', 'active', 'paused', 'interrupted', 'wrap-up', 'to accept, mean']
  return `${table([header, ...rows])}\n\n${table([timeHeader, ...times])}`
}

function people(agents: readonly AgentResult[]): string {
  const sum = (of: (agent: AgentResult) => number) => agents.reduce((all, agent) => all + of(agent), 0)
  const signedIn = sum(({ signedInMs }) => signedInMs)
  const offered = sum(({ calls }) => calls.offered)
  const working = signedIn === 0 ? 0 : sum(({ workingMs }) => workingMs) / signedIn
  const shares = `${percent(occupancyOf(agents))} of it with work in hand, ${percent(working)} at work`
  const lines = [`Agents: ${time(signedIn)} signed in, ${shares}`]
  if (offered > 0) {
    const answered = sum(({ calls }) => calls.answered)
    const talk = time(sum(({ calls }) => calls.talkMs))
    const wrapUp = time(sum(({ calls }) => calls.wrapUpMs))
    lines.push(`Calls: ${offered} offered, ${answered} answered, ${talk} of talk, ${wrapUp} of wrap-up`)
  }
  return lines.join('\n')
}

function assumptions({ people: all }: SimulationResult): string {
  return all.map(({ about, value, source }) => `People: ${about}: ${value} (${source})`).join('\n')
}

function faults({ faults: all }: SimulationResult): string {
  return all.map(({ text, from, to }) => `Fault: ${text}, ${time(from)} to ${time(to)}`).join('\n')
}

function expectations(all: readonly Expectation[], file: string): string {
  if (all.length === 0) return ''
  const failed = all.filter(({ held }) => !held)
  const lines = failed.map(({ line, text, found }) => `${file}:${line} ${text}: found ${found}`)
  return [`Expectations: ${all.length - failed.length} of ${all.length} held`, ...lines].join('\n')
}
