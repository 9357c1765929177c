/** Errors that are the answer to a request: `user 1.7`, 1.8; `media 6.1`. */
import { group, leaf, type Tree } from '../tree.ts'

export interface RefusalFacts {
  readonly type: string
  readonly message: string
  /** Undefined: there is no such element. */
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

/** What a side answers that is out of service. */
export const OUT_OF_SERVICE: RefusalFacts = { type: 'Service Unavailable', message: 'SERVER_OUT_OF_SERVICE', data: '' }

/** GET of a dialog that is not there (any more). */
export const NO_SUCH_DIALOG: RefusalFacts = { type: 'Not Found', message: 'Invalid dialogId specified for dialog' }
