/** Sends commands to the followed Finesse, and finds out what became of them. */
import { randomUUID } from 'node:crypto'
import { rejected } from '../../engine/answers/answer.ts'
import type { Answer, Command, CommandError, Outcome, Refused } from '../../engine/commands.ts'
import type { Clock } from '../../engine/ports.ts'
import { errorText } from '../../errors/index.ts'
import { failureFor, readApiError } from '../events/api-error.ts'
import type { Told } from '../events/update.ts'
import type { Picture } from '../picture.ts'
import { UpstreamError } from '../upstream/error.ts'
import type { FollowLimits } from '../upstream/limits.ts'
import type { Answer as HttpAnswer, UpstreamRest } from '../upstream/rest.ts'
import { type Goal, goalOf } from './goal.ts'
import { requestOf } from './request.ts'
import { SignIns } from './sign-ins.ts'

export interface CommandsOptions {
  readonly clock: Clock
  readonly limits: FollowLimits
  readonly picture: Picture
  /** `undefined` while no side can be used. */
  readonly rest: () => UpstreamRest | undefined
  /** The account that makes the requests of this user. */
  readonly senderOf: (user: string) => string | undefined
  /** Reads the user again, because nothing confirmed the command in time. Resolves when reads show it. */
  readonly look: (user: string) => Promise<void>
}

interface Waiting {
  readonly user: string
  readonly requestId: string
  readonly goal: Goal
  /** The state was the wished one before, so it confirms nothing. */
  readonly wasSo: boolean
  readonly settle: (outcome: Outcome) => void
}

const DONE = { accepted: true, outcome: 'DONE' } as const
const overtaken = (message: string): Outcome => ({ accepted: true, outcome: 'OVERTAKEN', message })

/** How long a failure may take that comes although the state is already the wished one, in ms. */
const QUIET_MS = 1500

export class FollowedCommands {
  readonly #options: CommandsOptions
  readonly #waiting = new Set<Waiting>()
  readonly #signIns = new SignIns()

  constructor(options: CommandsOptions) {
    this.#options = options
  }

  /** Commands that wait for their outcome. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Never rejects. */
  async answer(command: Command): Promise<Answer> {
    const { rest, senderOf, picture } = this.#options
    const upstream = rest()
    if (!upstream) return rejected('OUT_OF_SERVICE', command.side ?? 'A')
    const as = senderOf(command.user)
    if (as === undefined) return rejected('UPSTREAM_DENIED', command.user)
    const requestId = command.requestId ?? randomUUID()
    const goal = goalOf(command, picture)
    const known = picture.of(command.user)
    const wasSo = known !== undefined && (goal.holds?.(known) ?? true)
    const outcome = this.#wait({ user: command.user, requestId, goal, wasSo })
    try {
      const answer = await upstream.ask({ ...requestOf(command), as, urgency: 'command', requestId })
      if (answer.status >= 300) return refusalIn(answer, command)
      this.#signIns.accepted(command)
      if (wasSo) outcome.quietly()
      return await outcome.result
    } catch (error) {
      if (!mayHaveBeenDone(error)) return rejected(codeOf(error), error instanceof Error ? error.message : '')
      return await outcome.result
    } finally {
      outcome.stop()
    }
  }

  /** Something was told, and reads show it. */
  applied(told: Told, requestId: string): void {
    this.#signIns.told(told)
    for (const waiting of [...this.#waiting]) this.#look(waiting, told, requestId)
  }

  /** The user was read at another side than before: what that side does not know is sent again. Never rejects. */
  async moved(user: string): Promise<void> {
    for (const command of this.#signIns.toRepeat(user, this.#options.picture)) await this.answer(command)
  }

  /** Nothing is awaited any more. */
  close(): void {
    for (const { settle } of this.#waiting)
      settle(overtaken('The follower was closed before the Finesse confirmed it.'))
  }

  #look({ user, requestId, goal, wasSo, settle }: Waiting, told: Told, echoed: string): void {
    const isOwn = echoed === requestId
    if (told.kind === 'error') {
      const isMeant = isOwn || (echoed === '' && told.user === user && goal.concerns(told))
      if (isMeant) settle(refusedBy(told))
      return
    }
    const known = this.#options.picture.of(user)
    if (isOwn || (!wasSo && known && goal.holds?.(known))) settle(DONE)
  }

  #wait(about: Omit<Waiting, 'settle'>) {
    const { clock, limits } = this.#options
    const { promise: result, resolve: settle } = Promise.withResolvers<Outcome>()
    const waiting = { ...about, settle }
    this.#waiting.add(waiting)
    const look = () => {
      this.#lookAgain(about).then(settle, () => settle(overtaken(UNCONFIRMED)))
    }
    let cancel = clock.at(clock.now() + limits.commandTimeoutMs, look)
    return {
      result,
      quietly: () => {
        cancel()
        cancel = clock.at(clock.now() + Math.min(QUIET_MS, limits.commandTimeoutMs), look)
      },
      stop: () => {
        cancel()
        this.#waiting.delete(waiting)
      },
    }
  }

  async #lookAgain({ user, goal }: Omit<Waiting, 'settle'>): Promise<Outcome> {
    await this.#options.look(user)
    const known = this.#options.picture.of(user)
    return known && (goal.holds?.(known) ?? true) ? DONE : overtaken(UNCONFIRMED)
  }
}

const UNCONFIRMED = 'The followed Finesse accepted the request, or may have, and nothing confirmed it in time.'

/** An asynchronous error as the answer. */
function refusedBy({ about, error }: Extract<Told, { kind: 'error' }>): Refused {
  const code = failureFor(error, about === 'task' ? 'media' : about)
  const own = error.failure === undefined ? ` Finesse said: ${error.type}, ${error.message} (${error.data}).` : ''
  return { accepted: true, outcome: 'REFUSED', code, message: `${errorText(code)}${own}`, about: error.detail }
}

/** The codes of synchronous refusals, by the type of the error of Finesse. */
const BY_TYPE: Readonly<Record<string, CommandError>> = {
  'User Not Found': 'USER_NOT_FOUND',
  'Not Found': 'DIALOG_NOT_FOUND',
  'Dialog Not Found': 'DIALOG_NOT_FOUND',
  'Invalid Destination': 'INVALID_DESTINATION',
}

/** The types of refusals for the objects of others (`user 2`). */
const FOREIGN = ['Invalid Authorization User Specified', 'Invalid Supervisor']

function refusalIn({ status, tree }: HttpAnswer, command: Command): Answer {
  const error = readApiError(tree, 'CCE')
  const about = error ? [error.message, error.data].filter(Boolean).join(': ') : String(status)
  if (status >= 500 && status !== 501) return rejected('OUT_OF_SERVICE', about)
  if (status === 403 || (error !== undefined && FOREIGN.includes(error.type))) return rejected('UPSTREAM_DENIED', about)
  const named = error && Object.hasOwn(BY_TYPE, error.type) ? BY_TYPE[error.type] : undefined
  if (named) return rejected(named, about)
  if (status === 404) return rejected('dialog' in command ? 'DIALOG_NOT_FOUND' : 'USER_NOT_FOUND', about)
  if (error?.type === 'Invalid State' && command.type === 'user.setState' && command.state === 'LOGOUT')
    return rejected('ALREADY_SIGNED_OUT', about)
  return rejected('INVALID_COMMAND', about)
}

/** Without an answer, nobody knows whether the request came. It did not if no connection could be made. */
const NEVER_SENT = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/

const mayHaveBeenDone = (error: unknown): boolean =>
  error instanceof UpstreamError && error.code === 'UPSTREAM_UNREACHABLE' && !NEVER_SENT.test(error.message)

function codeOf(error: unknown): CommandError {
  if (!(error instanceof UpstreamError)) return 'OUT_OF_SERVICE'
  if (error.code === 'UPSTREAM_UNREACHABLE' || error.code === 'UPSTREAM_UNTRUSTED') return 'OUT_OF_SERVICE'
  return error.code === 'UPSTREAM_FORBIDDEN' ? 'UPSTREAM_DENIED' : error.code
}
