/** The answer to a supervisor who cannot listen because of a drain, or of an error in this program. */
import type { Message } from '../../input.ts'

export const cannotListen = (requestId: string): Message => ({
  type: 'newCallFailed',
  action: 'SILENT_MONITOR',
  failure: 'CALL_OPERATION_FAILED',
  requestId,
})
