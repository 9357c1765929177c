/** Checks the entries of a scenario against each other and against its directory. */
import type { Finding } from '../../directory/findings.ts'
import type { Path } from '../../directory/locate.ts'
import { type Directory, VOICE_MRD } from '../../directory/model.ts'
import type { Arrival, Group, HandlingTimes, ScenarioFile } from './schema.ts'

type Report = (path: Path, message: string) => void

/** All findings, in no particular order. */
export function checkScenario(file: ScenarioFile, directory: Directory): readonly Finding[] {
  const findings: Finding[] = []
  const report: Report = (path, message) => findings.push({ path, message })
  const mrds = new Set(directory.mediaRoutingDomains.filter(({ id }) => id !== '1').map(({ id }) => id))
  for (const mrd of Object.keys(file.media)) if (!mrds.has(mrd)) report(['media', mrd], `no nonvoice MRD ${mrd}`)
  checkHandling(file.handling, mrds, ['handling'], report)
  checkCosts(file.costs, mrds, report)
  if (file.warmUp >= file.duration) report(['warmUp'], 'must be shorter than the duration')
  for (const number of Object.keys(file.numbers)) {
    const isInside =
      directory.users.some(({ extensions }) => extensions.includes(number)) ||
      directory.queues?.some(({ numbers }) => numbers.includes(number))
    if (isInside) report(['numbers', number], 'is an extension, or the number of a queue')
  }
  for (const [at, group] of file.agents.entries()) checkGroup(group, directory, mrds, ['agents', at], report)
  for (const [at, arrival] of file.arrivals.entries()) checkArrival(arrival, file, directory, ['arrivals', at], report)
  for (const [at, { id, queue, mode }] of file.campaigns.entries()) {
    const wrong = (key: string, message: string) => report(['campaigns', at, key], message)
    if (!directory.queues?.some((each) => each.id === queue)) wrong('queue', `no queue of calls ${queue}`)
    if (file.campaigns.findIndex((each) => each.id === id) < at) wrong('id', `there is a campaign ${id} already`)
    const other = directory.platform === 'CCE' ? 'direct-preview' : 'preview'
    if (mode === other) wrong('mode', `${directory.platform} has no ${other}`)
  }
  for (const [at, { from, to, side }] of file.faults.entries()) {
    if (to !== undefined && to <= from) report(['faults', at, 'to'], 'must be later than from')
    if (side === 'B' && file.sides === 1) report(['faults', at, 'side'], 'there is no side B without sides: 2')
  }
  for (const [at, { at: time }] of file.expect.entries())
    if (time !== undefined && time > file.duration) report(['expect', at, 'at'], 'is after the end')
  return findings
}

type Handlings = Readonly<Record<string, HandlingTimes>>

const PEOPLE = ['turns', 'concurrency', 'resumeSeconds', 'switchSeconds'] as const

function checkHandling(handling: Handlings, mrds: ReadonlySet<string>, path: Path, report: Report): void {
  for (const [mrd, times] of Object.entries(handling)) {
    const { start, active, talk } = times
    if (mrd !== 'voice' && !mrds.has(mrd)) report([...path, mrd], `no nonvoice MRD ${mrd}; calls are voice`)
    if (mrd !== 'voice' && talk) report([...path, mrd, 'talk'], 'is only for voice')
    if (mrd === 'voice' && start) report([...path, mrd, 'start'], 'is not for voice')
    if (mrd === 'voice' && active) report([...path, mrd, 'active'], 'is not for voice: use talk')
    for (const part of PEOPLE)
      if (mrd === 'voice' && times[part] !== undefined) report([...path, mrd, part], 'is not for voice')
  }
}

function checkCosts(costs: ScenarioFile['costs'], mrds: ReadonlySet<string>, report: Report): void {
  for (const key of ['abandoned', 'waitMinute'] as const) {
    const given = costs?.[key]
    if (typeof given !== 'object') continue
    for (const mrd of Object.keys(given))
      if (mrd !== VOICE_MRD && !mrds.has(mrd)) report(['costs', key, mrd], `no MRD ${mrd}`)
  }
}

function checkGroup(group: Group, directory: Directory, mrds: ReadonlySet<string>, path: Path, report: Report): void {
  for (const mrd of Object.keys(group.media))
    if (!mrds.has(mrd)) report([...path, 'media', mrd], `no nonvoice MRD ${mrd}`)
  if (!group.voice && !group.scripted && Object.keys(group.media).length === 0) report(path, 'must have voice or media')
  if (group.signOut !== undefined && group.signOut <= group.signIn)
    report([...path, 'signOut'], 'must be later than signIn')
  checkHandling(group.handling, mrds, [...path, 'handling'], report)
  for (const [at, { reason }] of group.breaks.entries()) {
    const known = directory.reasonCodes.some(({ id, category }) => id === reason && category === 'NOT_READY')
    if (reason !== undefined && !known)
      report([...path, 'breaks', at, 'reason'], `no reason code ${reason} for NOT_READY`)
  }
  for (const [at, { mrd, target }] of group.transfers.entries()) {
    if (!(mrd in group.media)) report([...path, 'transfers', at, 'mrd'], 'is not among the media of the group')
    if (!hasSelector(directory, target)) report([...path, 'transfers', at, 'target'], `no script selector ${target}`)
  }
}

const hasSelector = ({ mediaRoutingDomains }: Directory, selector: string) =>
  mediaRoutingDomains.some(({ scriptSelectors }) => scriptSelectors.includes(selector))

const WHERE = ['selector', 'extension', 'queue', 'group'] as const
const WHEN = ['at', 'every', 'perHour', 'byHour'] as const

function checkArrival(arrival: Arrival, file: ScenarioFile, directory: Directory, path: Path, report: Report): void {
  if (WHERE.filter((key) => arrival[key] !== undefined).length !== 1)
    report(path, `must have one of ${WHERE.join(', ')}`)
  if (WHEN.filter((key) => arrival[key] !== undefined).length !== 1) report(path, `must have one of ${WHEN.join(', ')}`)
  const { selector, extension, queue, group, agent, keepAgent, every, from, to } = arrival
  if (selector !== undefined && !hasSelector(directory, selector))
    report([...path, 'selector'], `no script selector ${selector}`)
  if (extension !== undefined && !directory.users.some(({ extensions }) => extensions.includes(extension)))
    report([...path, 'extension'], `no user has the extension ${extension}`)
  if (queue !== undefined && !directory.queues?.some(({ id }) => id === queue))
    report([...path, 'queue'], `no queue of calls ${queue}`)
  if (group !== undefined && !file.agents.some(({ name, voice }) => name === group && voice))
    report([...path, 'group'], `no group ${group} with voice`)
  if (agent !== undefined && !directory.users.some(({ id }) => id === agent))
    report([...path, 'agent'], `no user ${agent}`)
  if (agent !== undefined && selector === undefined) report([...path, 'agent'], 'needs a selector')
  if (keepAgent && agent === undefined) report([...path, 'keepAgent'], 'needs an agent')
  if (every !== undefined && every < 1) report([...path, 'every'], 'must be at least 1ms')
  if (to !== undefined && to <= from) report([...path, 'to'], 'must be later than from')
}
