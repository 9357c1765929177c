/** An explanation for people: sentences first, then a timeline. Times are local. */

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
import { clockOf, dayOf, timeBeside } from './times.ts'

/** Sentences, and a timeline; ends with a line break. */
export function explanationText(explanation: Explanation): string {
  const { user, at, keptFrom, service, states, timeline } = explanation
  const agent = `agent ${user.id}${user.name === '' ? '' : ` (${user.name})`}`
  const told = new Set<number | null>()
  const lines = [
    `${capital(agent)}${user.team === '' ? '' : ` of ${user.team}`} at ${dayOf(at)} ${clockOf(at)}`,
    '',
    ...service.flatMap(({ side, status, reason }) =>
      status === 'IN_SERVICE' ? [] : [`Side ${side} is out of service: ${reason}.`, ''],
    ),
    ...states.flatMap((state) => stateLines(state, explanation, agent, told)),
    ...timelineLines(timeline, user.id),
  ]
  if (keptFrom !== null) lines.push('', `The past is kept from ${dayOf(keptFrom)} ${clockOf(keptFrom)} on.`)
  return `${lines.join('\n').trimEnd()}\n`
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const cited = ({ rule, text }: Reason) => (rule === '' ? text : `${text} (${rule})`)

// ---------------------------------------------------------------------------------------------------- states

function stateLines(
  state: ExplainedState,
  { user, at }: Explanation,
  agent: string,
  told: Set<number | null>,
): readonly string[] {
  const { reasons, because, next, forgotten } = state
  const lines = [headline(state, at, agent)]
  if (reasons.length > 0) lines.push(`  Why: ${reasons.map((reason) => `${capital(cited(reason))}.`).join(' ')}`)
  const links = because.map((link, index) => linkLine(link, index, user.id, at))
  const [first, ...others] = links
  // One input often leads to several states; its way back is told once.
  const isTold = told.has(because[0]?.position ?? null)
  if (first !== undefined) lines.push(...(isTold && others.length > 0 ? [`${first} (its way back is above)`] : links))
  if (because[0]) told.add(because[0].position)
  if (forgotten) lines.push('  How: what led to it is not kept any more.')
  if (next.length > 0) lines.push(...next.map((each) => `  Next: ${nextWords(each, at)}`))
  return [...lines, '']
}

function headline({ subject, name, state, since, before, details }: ExplainedState, at: number, agent: string): string {
  const still = since === null ? '' : `, since ${timeBeside(since, at)}`
  const former = before === null || before === state ? '' : `before: ${before}`
  const more = [former, detailWords(details)].filter(Boolean).join('; ')
  const what =
    subject.kind === 'voice' || subject.kind === 'media' ? `${agent} is ${state} in ${name}` : `${name} is ${state}`
  return `At ${clockOf(at)} ${what}${still}${more === '' ? '' : ` (${more})`}.`
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
      return [`from ${details.from} to ${details.to}`, ...values].join(', ')
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

function linkLine(link: Link, index: number, user: string, at: number): string {
  const lead = index === 0 ? '  How: ' : LEADS[link.tie]
  if (!link.kept) return `${lead}what led to this is not kept any more`
  return `${lead}at ${timeBeside(link.at, at)} ${link.what}${byWords(link, user)}`
}

function byWords({ who, requestId }: Pick<Episode, 'who' | 'requestId'>, user: string): string {
  const by = who === null ? '' : `, by ${whoWords(who, user)}`
  return requestId === null ? by : `${by} (requestId ${requestId})`
}

function nextWords({ due, name, owner, text, rule }: Upcoming, at: number): string {
  const when = due <= at ? `due since ${timeBeside(due, at)}` : `at ${timeBeside(due, at)}`
  return `${when}, ${deadlineTitle(name, owner)}: ${text} (${rule}).`
}

// ---------------------------------------------------------------------------------------------------- timeline

function timelineLines({ from, to, episodes, leftOut }: Explanation['timeline'], user: string): readonly string[] {
  const lines = [`Timeline from ${dayOf(from)} ${clockOf(from)} to ${timeBeside(to, from)}`]
  if (leftOut > 0) lines.push(`(${leftOut} older one${leftOut === 1 ? '' : 's'} left out)`)
  if (episodes.length === 0) lines.push('(nothing happened)')
  let day = dayOf(from)
  for (const episode of episodes) {
    if (dayOf(episode.at) !== day) lines.push(dayOf(episode.at))
    day = dayOf(episode.at)
    lines.push(...episodeLines(episode, user))
  }
  return lines
}

const INDENT = ' '.repeat(14)

function episodeLines(episode: Episode, user: string): readonly string[] {
  const {
    at,
    what,
    kept,
    quiet,
    changes,
    deadlines,
    notifications,
    requests,
    failures,
    flagged,
    failed,
    aggregate,
    inputs,
  } = episode
  const via = aggregate === `user/${user}` ? undefined : inputs.at(0)?.what
  const unkept = kept ? '' : ' (what led to it is not kept any more)'
  const details = [
    ...(via === undefined ? [] : [`led to: ${via}`]),
    ...changes.map(changeWords),
    ...failures.map((each) => `refused with ${each.failure}: ${cited(each)}`),
    ...failed.map((error) => `the input failed, the state is as before: ${error}`),
    ...flagged.map((each) => `a step that the tables lack: ${each.what} ${each.from} -> ${each.to}`),
    ...deadlines.filter(({ change }) => change !== 'fired').map((each) => deadlineWords(each, at)),
    ...requests.map(({ to, text }) => `told ${to}: ${text}`),
    ...notifications.filter(({ node }) => !node.includes('/Team/')).map(sentWords),
    ...(quiet ? [`nothing changed: ${cited(quiet)}`] : []),
  ]
  return [
    `${clockOf(at).padEnd(12)}  ${what}${byWords(episode, user)}${unkept}`,
    ...details.map((each) => INDENT + each),
  ]
}

function changeWords({ name, aspect, from, to }: Change): string {
  const what = aspect === 'state' ? name : `${name}, ${aspect}`
  return `${what}: ${from ?? 'none'} -> ${to ?? 'none'}`
}

function deadlineWords({ change, owner, name, due }: DeadlineChange, at: number): string {
  const title = deadlineTitle(name, owner)
  return change === 'armed' && due !== null ? `${title} set for ${timeBeside(due, at)}` : `${title} cleared`
}

function sentWords({ event, node, text, itemId, delivery, side }: Sent): string {
  const where =
    delivery === 'unattended'
      ? 'to listeners only'
      : `${delivery}${side === null ? '' : ` on side ${side}`}, item ${itemId}`
  return `sent ${event} on ${node.replace('/finesse/api/', '')}: ${text} [${where}]`
}
