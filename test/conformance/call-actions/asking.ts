/** Asks for an action, and checks that it had the effect of the contract, or none. */
import { expect } from 'vitest'
import type { Received, RestAnswer } from '../finesse-client.ts'
import type { Action, Answer, Position } from './contract.ts'
import { type Desk, extensionOf, OUTSIDE, type Seen, STRANGER, WRAPS_UP } from './desk.ts'

/** The reason that the agent with this extension sets. Another agent on the call sets another one. */
const reasonOf = (extension: string): string => `Sale of ${extension}`

const param = (name: string, value: string): string =>
  `<actionParams><ActionParam><name>${name}</name><value>${value}</value></ActionParam></actionParams>`

/** What a request has besides action and address. */
function moreOf(action: string, extension: string): string {
  switch (action) {
    case 'UPDATE_CALL_DATA':
      return `<mediaProperties><wrapUpReason>${reasonOf(extension)}</wrapUpReason></mediaProperties>`
    case 'SEND_DTMF':
      return param('dtmfString', '42#')
    case 'RECLASSIFY':
      return param('outboundClassification', 'VOICE')
    case 'UPDATE_SCHEDULED_CALLBACK':
      return param('callbackNumber', OUTSIDE)
    case 'CONSULT_CALL':
      return `<toAddress>${OUTSIDE}</toAddress>`
    case 'TRANSFER_SST':
      return `<toAddress>${STRANGER}</toAddress>`
    default:
      return ''
  }
}

/** `extension`: by the contract that of the agent who asks; for PARTICIPANT_DROP that of the party to drop. */
const bodyOf = (action: string, extension: string): string =>
  `<Dialog><requestedAction>${action}</requestedAction><targetMediaAddress>${extension}</targetMediaAddress>` +
  `${moreOf(action, extension)}</Dialog>`

/** A request of an agent on the call, and what it must get. */
export interface Request {
  readonly user: string
  readonly action: string
  /** The extension in the request. */
  readonly extension: string
  readonly answer: Exclude<Answer, 'taken'>
}

/** The answer at once: `202`, or status and type of the error. */
const atOnce = ({ status, value }: RestAnswer): string =>
  status === 202 ? '202' : `${status} ${value('ErrorType') ?? ''}`

const isLater = (answer: string): boolean => answer === 'E3' || answer === '20999' || answer === 'no campaign'

/** An error of an action: type, code and message. */
function laterError({ answer, action, extension }: Request): string {
  if (answer === 'E3') return `Generic Error 4047 INVALID_ACTION ${action} on extension ${extension}`
  if (answer === '20999') return 'Generic Error 20999 <ConferenceCallCommand>: Conference failed'
  // The page of RECLASSIFY prints the type with a small e.
  return 'Generic error 2 CF_REQUEST_INCOMPATIBLE_WITH_OBJECT'
}

/**
 * Makes the requests one after the other. None of them changes the call, and nobody is told more than the errors of
 * those that are refused later.
 */
export async function changeNothing(desk: Desk, call: string, requests: readonly Request[]): Promise<void> {
  await desk.hears()
  const before = (await desk.sees(call)).body
  const errors: string[] = []
  for (const [place, request] of requests.entries()) {
    const { user, action, extension, answer } = request
    const what = `${action} of ${user}`
    const given = atOnce(await desk.puts(user, call, bodyOf(action, extension), `ask-${place}`))
    const isAccepted = isLater(answer) || answer === 'nothing'
    expect(given, what).toBe(isAccepted ? '202' : answer)
    if (isAccepted) expect((await desk.sees(call)).body, `after ${what}`).toBe(before)
    if (isLater(answer)) errors.push(`${user} #ask-${place} ${call} ${laterError(request)}`)
  }
  expect((await desk.sees(call)).body).toBe(before)
  expect((await desk.hears()).map(({ user, news }) => `${user} ${heardLine(news)}`).toSorted()).toEqual(
    errors.toSorted(),
  )
}

/** An error as `laterError` writes it, or what came instead. */
function heardLine({ requestId, kind, event, source, value }: Received): string {
  if (kind !== 'apiErrors') return `${event} ${kind} ${source} ${value('state')} #${requestId}`
  const message = (value('errorMessage') ?? '').replace(/(Conference failed).*/, '$1')
  return `#${requestId} ${source.split('/').at(-1)} ${value('errorType')} ${value('errorData')} ${message}`
}

/** The actions that a situation may take. */
export type TakenAction = Exclude<
  Action,
  'SEND_DTMF' | 'ACCEPT' | 'CLOSE' | 'REJECT' | 'RECLASSIFY' | `${string}_SCHEDULED_CALLBACK`
>

/** An action that is taken, and how the agent who asks stands on the call. */
export interface Taken {
  readonly user: string
  readonly position: Position
  readonly action: TakenAction
  /** The extension in the request. */
  readonly extension: string
}

interface Around {
  readonly before: Seen
  readonly after: Seen
  /** The agent's calls. */
  readonly calls: { readonly before: readonly string[]; readonly after: readonly string[] }
}

/** The agent has left the call, and wraps up if the agent does so. */
function hasLeft({ user, position }: Taken, { after }: Around): boolean {
  const own = after.legs[extensionOf(user)]
  const wrapsUp = user === WRAPS_UP && position.state !== 'INITIATED' && position.state !== 'FAILED'
  return wrapsUp ? own === 'WRAP_UP' : own === undefined || own === 'DROPPED'
}

/** Has the action done what `dialog 4.4` to 4.12 say? */
const DOES: Readonly<Record<TakenAction, (taken: Taken, around: Around) => boolean>> = {
  ANSWER: (taken, { after }) => after.state === 'ACTIVE' && own(taken, after) === 'ACTIVE',
  HOLD: (taken, { after }) => own(taken, after) === 'HELD',
  RETRIEVE: (taken, { after }) => own(taken, after) === 'ACTIVE',
  DROP: hasLeft,
  UPDATE_CALL_DATA: ({ position, extension, ...taken }, { after }) =>
    after.wrapUpReason === reasonOf(extension) && own(taken, after) === position.state,
  CONSULT_CALL: (taken, { after, calls }) =>
    own(taken, after) === 'HELD' && calls.after.length === calls.before.length + 1,
  TRANSFER_SST: hasLeft,
  // A call without agents is not shown any more.
  TRANSFER: (taken, around) =>
    hasLeft(taken, around) &&
    around.calls.after.length === around.calls.before.length - 2 &&
    (around.after.state === '' || hasJoined(around)),
  CONFERENCE: (taken, around) => own(taken, around.after) === 'ACTIVE' && hasJoined(around),
  PARTICIPANT_DROP: ({ extension, position, ...taken }, { after }) =>
    after.legs[extension] === undefined && own(taken, after) === position.state,
}

const own = ({ user }: Pick<Taken, 'user'>, { legs }: Seen): string | undefined => legs[extensionOf(user)]

/** Parties of the other call are on this one. */
const hasJoined = ({ before, after }: Around): boolean =>
  Object.keys(after.legs).some((address) => !(address in before.legs))

/** Asks for an action that is taken. `agents`: those on the call. */
export async function changes(desk: Desk, call: string, taken: Taken, agents: readonly string[]): Promise<void> {
  const { user, action, extension } = taken
  const requestId = `taken-${call}-${user}`
  const [before, callsBefore] = [await desk.sees(call), desk.callsOf(user)]
  expect(atOnce(await desk.puts(user, call, bodyOf(action, extension), requestId))).toBe('202')
  const [after, callsAfter] = [await desk.sees(call), desk.callsOf(user)]
  const around = { before, after, calls: { before: callsBefore, after: callsAfter } }
  expect(DOES[action](taken, around), `${action} of ${user}: ${JSON.stringify(after)}`).toBe(true)
  // Only the agent who asks gets the id, and once (ruling 7). Nobody is told about tones.
  const named = (await desk.hears(agents)).filter(({ news }) => news.requestId === requestId)
  expect(named.map((each) => each.user)).toEqual([user])
  expect(named.map(({ news }) => news.kind)).not.toContain('apiErrors')
}
