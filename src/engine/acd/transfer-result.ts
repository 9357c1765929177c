/** What became of an answer of an external ACD to a transfer. */
import type { Input } from '../input.ts'
import type { Output } from '../output.ts'
import type { TransferResult } from '../ports.ts'

/** From the outputs of the step that took the answer. `undefined` for another input. */
export function transferResultIn(input: Input, outputs: readonly Output[]): TransferResult | undefined {
  if (input.kind !== 'acd') return undefined
  if (input.event.type === 'resubmissionRefused')
    return outputs.some((output) => output.type === 'refusal') ? 'REFUSED' : 'LATE'
  if (input.event.type !== 'resubmitted') return undefined
  if (outputs.some((output) => output.type === 'acd' && output.request.type === 'cancelResubmission')) return 'LATE'
  return outputs.some(endsTransferred) ? 'CONFIRMED' : 'REPEATED'
}

function endsTransferred(output: Output): boolean {
  if (output.type !== 'publish') return false
  const { event, value } = output.notification
  return event === 'DELETE' && value.kind === 'task' && value.dispositionCode === 'CD_TASK_TRANSFER'
}
