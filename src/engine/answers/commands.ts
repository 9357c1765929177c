/** Commands of clients: each becomes an input of its user, and gets an answer. */

import { prioritiesIn, roomIn } from '../acd/calls.ts'
import type { Aggregates } from '../aggregate/aggregates.ts'
import type { Answer, Command } from '../commands.ts'
import type { Arrangement } from '../configuration/configuration.ts'
import type { DirectoryInForce } from '../configuration/directory-in-force.ts'
import { isNewSignIn } from '../drain/sign-in.ts'
import { isDraining } from '../drain/work.ts'
import { addressed, type Present } from '../input/command-input.ts'
import type { Submit } from '../input/inbox.ts'
import type { Origin } from '../ports.ts'
import type { Attendance } from '../presence/attendance.ts'
import { agentsOnCallsOf, isDialog, mayAddParty, readCall } from '../reads.ts'
import { answeredAgain, answerTo, isTransfer, overtaken, rejected } from './answer.ts'
import type { KnownCommand } from './once.ts'
import { isTransferring } from './standpoint.ts'
import type { Transfers } from './transfers.ts'

export interface CommandParts {
  readonly aggregates: Aggregates
  readonly directory: DirectoryInForce
  readonly arrangement: Arrangement
  readonly attendance: Attendance
  readonly transfers: Transfers
  readonly submit: Submit
}

/** The highest number of answers to transfers that are remembered. */
const TRANSFERS_MAX = 1000

/** The commands that begin calls, which a drain lets nobody do. */
const BEGINS_CALL: ReadonlySet<Command['type']> = new Set(['call.make', 'call.monitor'])

export class Commands {
  readonly #parts: CommandParts
  /** The answers to transfers that may be sent again, by position in the journal, oldest first. */
  readonly #transfers = new Map<number, Answer>()

  constructor(parts: CommandParts) {
    this.#parts = parts
  }

  /** See `Engine.command`. */
  async answer(command: Command, origin: Origin): Promise<Answer> {
    const { aggregates, arrangement, attendance, transfers, submit } = this.#parts
    const { side = 'A' } = command
    if (!arrangement.sides.includes(side)) return rejected('INVALID_COMMAND', 'side')
    if (aggregates.side(side)?.isCutOff) return rejected('OUT_OF_SERVICE', side)
    const step = addressed(command, this.#present())
    if ('code' in step) return step
    if (arrangement.role === 'follower') return rejected('FOLLOWER', '')
    if (isDraining(aggregates) && isNewSignIn(command, aggregates.user(command.user))) return rejected('DRAINING', '')
    if (isDraining(aggregates) && BEGINS_CALL.has(command.type)) return rejected('DRAINING', '')
    const transfer = isTransfer(command) ? transfers.watch(command.dialog) : undefined
    try {
      const submitted = submit(step.to, step.input, { origin })
      const [reply] = await Promise.all([submitted, ...attendance.signInWithoutService(command, side)])
      const answer = answerTo(command, reply)
      if (answer.outcome !== 'DONE' || !transfer) return answer
      const { position = 0 } = reply
      return this.#transferred(position, transfer.answer(position), origin)
    } finally {
      transfer?.stopUnlessUnderWay()
    }
  }

  /** The answer to a command that was accepted before, and is sent again. */
  again(command: Command, { position, isUnderWay, refused }: KnownCommand): Answer {
    if (!isUnderWay || !isTransfer(command)) return answeredAgain(command, refused)
    return this.#transfers.get(position) ?? this.#afterStart(command.dialog, position)
  }

  /** A process that died had promised the outcome of this transfer. */
  #afterStart(dialog: string, position: number): Answer {
    const { aggregates, transfers } = this.#parts
    if (!isTransferring(aggregates, dialog)) return overtaken('The engine ended before the ACD answered.')
    const answer = transfers.watch(dialog).answer(position)
    this.#transfers.set(position, answer)
    return answer
  }

  /** Remembers the answer, if the command may be sent again. */
  #transferred(position: number, answer: Answer, { once }: Origin): Answer {
    if (!once) return answer
    this.#transfers.set(position, answer)
    const [oldest] = this.#transfers.keys()
    if (this.#transfers.size > TRANSFERS_MAX && oldest !== undefined) this.#transfers.delete(oldest)
    return answer
  }

  #present(): Present {
    const { aggregates, directory, arrangement } = this.#parts
    return {
      directory: directory.current,
      acdHasCalls: arrangement.acdHasCalls ?? false,
      roomIn: (queue) => roomIn(aggregates, queue),
      prioritiesIn: (queue) => prioritiesIn(aggregates, queue),
      hasDialog: (id) => isDialog(aggregates, id),
      extensionOf: (user) => aggregates.user(user)?.snapshot.context.extension ?? '',
      agentsOnCallsOf: (user) => agentsOnCallsOf(aggregates, user),
      monitorOf: (call) => aggregates.call(call)?.snapshot.context.monitor,
      mayAddParty: (agent) => mayAddParty(aggregates, agent),
      addressOn: (call, user) =>
        readCall(aggregates, call)?.participants.find((party) => party.user === user)?.mediaAddress,
    }
  }
}
