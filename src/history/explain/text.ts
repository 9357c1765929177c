/** Prints an explanation for people: first sentences, then a timeline. */
import { type Reader, type Tell, textWithTimes, withTimesTold } from '../../times/index.ts'
import { deadlineTitle } from './deadlines.ts'
import type {
  Change,
  DeadlineChange,
  Episode,
  ExplainedState,
  Explanation,
  Link,
  Reason,
  Sent,
  Upcoming,
} from './explanation.ts'
import { whoWords } from './inputs.ts'

/**
 * The explanation as text, which ends with a line break. Times are in the time zone of the reader, in a format that
 * `readTime` accepts.
 */
export function explanationText(explanation: Explanation, reader: Reader = {}): string {
  return textWithTimes(explanation.at, reader, (tell) => textOf(explanation, tell))
}

function textOf(explanation: Explanation, tell: Tell): string {
  const { user, at, keptFrom, service, states, timeline, rules } = explanation
  const agent = `agent ${user.id}${user.name === '' ? '' : ` (${user.name})`}`
  const told = new Set<number | null>()
  const lines = [
    `${capital(agent)}${user.team === '' ? '' : ` of ${user.team}`} at ${tell(at, 'always')}`,
    '',
    ...service.flatMap(({ side, status, reason }) =>
      status === 'IN_SERVICE' ? [] : [`Side ${side} is out of service: ${reason}.`, ''],
    ),
    ...(service.some(({ draining }) => draining)
      ? ['The server is draining: no new sign-ins and no new offers; tasks wait until that is over.', '']
      : []),
    ...states.flatMap((state) => stateLines(state, explanation, agent, { told, tell })),
    ...timelineLines(timeline, user.id, tell),
    ...ruleLines(rules),
  ]
  if (keptFrom !== null) lines.push('', `The past is kept from ${tell(keptFrom, 'always')} on.`)
  return `${lines.join('\n').trimEnd()}\n`
}

/** The sentences of the rule ids that are in brackets above. */
function ruleLines(rules: Explanation['rules']): readonly string[] {
  const cited = Object.entries(rules)
  return cited.length === 0 ? [] : ['', 'Rules', ...cited.map(([id, sentence]) => `  ${id}: ${sentence}`)]
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const cited = ({ rule, text }: Reason, tell: Tell) => {
  const told = withTimesTold(text, tell)
  return rule === '' ? told : `${told} (${rule})`
}

// ---------------------------------------------------------------------------------------------------- states

interface Telling {
  /** Positions of inputs whose chain of causes was printed before. */
  readonly told: Set<number | null>
  readonly tell: Tell
}

function stateLines(
  state: ExplainedState,
  { user, at }: Explanation,
  agent: string,
  { told, tell }: Telling,
): readonly string[] {
  const { reasons, because, next, forgotten } = state
  const lines = [headline(state, at, agent, tell)]
  if (reasons.length > 0) lines.push(`  Why: ${reasons.map((reason) => `${capital(cited(reason, tell))}.`).join(' ')}`)
  const links = because.map((link, index) => linkLine(link, index, user.id, tell))
  const [first, ...others] = links
  // One input often leads to several states. Its chain of causes is printed only once.
  const isTold = told.has(because[0]?.position ?? null)
  if (first !== undefined) lines.push(...(isTold && others.length > 0 ? [`${first} (what led to it is above)`] : links))
  if (because[0]) told.add(because[0].position)
  if (forgotten) lines.push('  How: what led to it is not kept any more.')
  if (next.length > 0) lines.push(...next.map((each) => `  Next: ${nextWords(each, at, tell)}`))
  return [...lines, '']
}

function headline(
  { subject, name, state, since, before, details }: ExplainedState,
  at: number,
  agent: string,
  tell: Tell,
): string {
  const still = since === null ? '' : `, since ${tell(since)}`
  const former = before === null || before === state ? '' : `before: ${before}`
  const more = [former, detailWords(details)].filter(Boolean).join('; ')
  const what =
    subject.kind === 'voice' || subject.kind === 'media' ? `${agent} is ${state} in ${name}` : `${name} is ${state}`
  return `At ${tell(at)} ${what}${still}${more === '' ? '' : ` (${more})`}.`
}

function detailWords(details: ExplainedState['details']): string {
  switch (details.kind) {
    case 'voice': {
      const reason = details.reason && `reason ${details.reason.code} ${details.reason.label}`
      return [reason, details.pending && `then ${details.pending}, after ${details.pendingUntil}`]
        .filter(Boolean)
        .join('; ')
    }
    case 'media': {
      const reason = details.reason && `reason ${details.reason.code} ${details.reason.label}`
      const open = details.openDialogs > 0 && `${details.openDialogs} of ${details.maxDialogLimit} dialogs`
      return [reason, open].filter(Boolean).join('; ')
    }
    case 'dialog': {
      const values = details.variables.map(({ name, value }) => `${name}=${value}`)
      return [`task ${details.task}`, details.dispositionCode, ...values].filter(Boolean).join(', ')
    }
    case 'call': {
      const values = details.variables.map(({ name, value }) => `${name}=${value}`)
      const parties = details.parties.map(({ who, state, stateCause }) => [who, state, stateCause].join(' ').trim())
      return [`${details.callType} from ${details.from} to ${details.to}`, ...parties, ...values].join(', ')
    }
    case 'presence':
      return details.sessions === 0 ? '' : `${details.sessions} session${details.sessions === 1 ? '' : 's'}`
  }
}

const LEADS: Readonly<Record<Link['tie'], string>> = {
  change: '    <- ',
  cause: '    <- ',
  asked: '    asked for ',
  origin: '    from ',
  submitted: '    submitted ',
}

function linkLine(link: Link, index: number, user: string, tell: Tell): string {
  const lead = index === 0 ? '  How: ' : LEADS[link.tie]
  if (!link.kept) return `${lead}what led to this is not kept any more`
  return `${lead}at ${tell(link.at)} ${link.what}${byWords(link, user)}`
}

function byWords({ who, requestId }: Pick<Episode, 'who' | 'requestId'>, user: string): string {
  const by = who === null ? '' : `, by ${whoWords(who, user)}`
  return requestId === null ? by : `${by} (requestId ${requestId})`
}

function nextWords({ due, name, owner, text, rule }: Upcoming, at: number, tell: Tell): string {
  const when = due <= at ? `due since ${tell(due)}` : `at ${tell(due)}`
  return `${when}, ${deadlineTitle(name, owner)}: ${text} (${rule}).`
}

// ---------------------------------------------------------------------------------------------------- timeline

function timelineLines(
  { from, to, episodes, leftOut }: Explanation['timeline'],
  user: string,
  tell: Tell,
): readonly string[] {
  const lines = [`Timeline from ${tell(from, 'always')} to ${tell(to)}`]
  if (leftOut > 0) lines.push(`(${leftOut} older one${leftOut === 1 ? '' : 's'} left out)`)
  if (episodes.length === 0) lines.push('(nothing happened)')
  // Either all times have the date or none has it, so that they can be compared and sorted.
  const isShort = episodes.every(({ at }) => tell(at) !== tell(at, 'always'))
  const timeOf = ({ at }: Episode) => tell(at, isShort ? undefined : 'always')
  const width = Math.max(0, ...episodes.map((episode) => timeOf(episode).length))
  return [
    ...lines,
    ...episodes.flatMap((episode) => [
      `${timeOf(episode).padEnd(width)}  ${whatOf(episode, user)}`,
      ...detailLines(episode, user, tell).map((each) => INDENT + each),
    ]),
  ]
}

const INDENT = ' '.repeat(14)

function whatOf(episode: Episode, user: string): string {
  const { what, kept } = episode
  return `${what}${byWords(episode, user)}${kept ? '' : ' (what led to it is not kept any more)'}`
}

function detailLines(episode: Episode, user: string, tell: Tell): readonly string[] {
  const { quiet, changes, deadlines, notifications, requests, failures, flagged, failed, aggregate, inputs } = episode
  const via = aggregate === `user/${user}` ? undefined : inputs.at(0)?.what
  return [
    ...(via === undefined ? [] : [`led to: ${via}`]),
    ...changes.map(changeWords),
    ...failures.map((each) => `refused with ${each.failure}: ${cited(each, tell)}`),
    ...failed.map((error) => `the input failed, the state is as before: ${error}`),
    ...flagged.map((each) => `a step that is not in the tables: ${each.what} ${each.from} -> ${each.to}`),
    ...deadlines.filter(({ change }) => change !== 'fired').map((each) => deadlineWords(each, tell)),
    ...requests.map(({ to, text }) => `told ${to}: ${text}`),
    ...notifications.filter(({ node }) => !node.includes('/Team/')).map(sentWords),
    ...(quiet ? [`nothing changed: ${cited(quiet, tell)}`] : []),
  ]
}

function changeWords({ name, aspect, from, to }: Change): string {
  const what = aspect === 'state' ? name : `${name}, ${aspect}`
  return `${what}: ${from ?? 'none'} -> ${to ?? 'none'}`
}

function deadlineWords({ change, owner, name, due }: DeadlineChange, tell: Tell): string {
  const title = deadlineTitle(name, owner)
  return change === 'armed' && due !== null ? `${title} set for ${tell(due)}` : `${title} cleared`
}

const DELIVERED: Readonly<Record<Sent['delivery'], string>> = {
  delivered: 'delivered',
  waiting: 'waiting to be delivered',
  missed: 'missed: the agent did not come back in time',
  unowed: 'for nobody: the agent was not connected',
  unattended: 'to listeners only',
}

function sentWords({ event, node, text, itemId, delivery, side }: Sent): string {
  const where =
    itemId === null
      ? DELIVERED[delivery]
      : `${DELIVERED[delivery]}${side === null ? '' : ` on side ${side}`}, item ${itemId}`
  return `sent ${event} on ${node.replace('/finesse/api/', '')}: ${text} [${where}]`
}
