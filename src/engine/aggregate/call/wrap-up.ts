/** What the directory says about wrap-up, as a leg of a call takes it. */
import type { WrapUp } from '../../../../machines/index.ts'
import type { WrapUpMode } from '../../../directory/model.ts'

/** The wrap-up after a call: by `wrapUpOnIncoming`, or `wrapUpOnOutgoing` if the agent made it (`user 5.6`, ruling 41). */
export function wrapUpAfter(mode: WrapUpMode): WrapUp {
  return mode === 'REQUIRED_WITH_WRAP_UP_DATA' ? 'WITH_REASON' : mode === 'REQUIRED'
}
