/** Answers to commands, in their words. */
import { type CodeOf, errorText } from '../../errors/index.ts'
import type { Answer, Command, Done, Overtaken, Refused, Rejected } from '../commands.ts'
import type { Reply } from '../input/inbox.ts'
import type { Refusal } from '../output.ts'

export const DONE: Done = { accepted: true, outcome: 'DONE' }

export function rejected(code: CodeOf<'Rejected'>, about: string): Rejected {
  return { accepted: false, outcome: 'REJECTED', code, message: errorText(code), about }
}

export function refused({ failure: code, detail: about }: Refusal): Refused {
  return { accepted: true, outcome: 'REFUSED', code, message: errorText(code), about }
}

export const overtaken = (message: string): Overtaken => ({ accepted: true, outcome: 'OVERTAKEN', message })

type Transfer = Extract<Command, { type: 'dialog.act' }> & { readonly action: 'TRANSFER' }

/** A request that the ACD may answer later. */
export const isTransfer = (command: Command): command is Transfer =>
  command.type === 'dialog.act' && command.action === 'TRANSFER'

/** What the commit of a command says of it. */
export function answerTo(command: Command, { failed, rejected: conflict, refusals = [] }: Reply): Answer {
  if (failed !== undefined) return rejected('INTERNAL_ERROR', '')
  if (conflict) return rejected(conflict, 'state')
  // Other users may hear of refusals of their own in the same commit.
  const refusal = refusals.find(({ aggregate }) => aggregate === `user/${command.user}`)
  return refusal ? refused(refusal) : DONE
}
