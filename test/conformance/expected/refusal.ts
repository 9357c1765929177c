/** Errors in answers to requests: `user 1.7`, 1.8; `media 6.1`. */
import { group, leaf, type Tree } from '../tree.ts'

export interface RefusalFacts {
  readonly type: string
  readonly message: string
  /** `undefined`: the element is absent. */
  readonly data?: string
}

export function expectedRefusal({ type, message, data }: RefusalFacts): Tree {
  return group(
    'ApiErrors',
    group(
      'ApiError',
      data === undefined ? undefined : leaf('ErrorData', data),
      leaf('ErrorMessage', message),
      leaf('ErrorType', type),
    ),
  )
}

/** The answer of a side that is out of service. */
export const OUT_OF_SERVICE: RefusalFacts = { type: 'Service Unavailable', message: 'SERVER_OUT_OF_SERVICE', data: '' }

/** The answer to a GET of a dialog that does not exist, or not any more. */
export const NO_SUCH_DIALOG: RefusalFacts = { type: 'Not Found', message: 'Invalid dialogId specified for dialog' }
