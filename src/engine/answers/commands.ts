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
import { answerTo, isTransfer, rejected } from './answer.ts'
import type { Transfers } from './transfers.ts'

export interface CommandParts {
  readonly aggregates: Aggregates
  readonly directory: DirectoryInForce
  readonly arrangement: Arrangement
  readonly attendance: Attendance
  readonly transfers: Transfers
  readonly submit: Submit
}

/** The commands that begin calls, which a drain lets nobody do. */
const BEGINS_CALL: ReadonlySet<Command['type']> = new Set(['call.make', 'call.monitor'])

export class Commands {
  readonly #parts: CommandParts

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
      return answer.outcome === 'DONE' && transfer ? transfer.answer(reply.position ?? 0) : answer
    } finally {
      transfer?.stopUnlessUnderWay()
    }
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
