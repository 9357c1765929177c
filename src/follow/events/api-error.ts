/** Reads errors, in answers and in notifications (`user 1.7`, 1.9; `media 11.4`; `notifications 8.4`, 8.5, 8.8). */
import type { Failure } from '../../../machines/failures.ts'
import type { Platform } from '../../directory/model.ts'
import { FAILURES, failureForm } from '../../finesse/index.ts'
import { at, isCalled, type Tree, textAt } from './tree.ts'

/** What an error says. The texts are empty where the document has none. */
export interface ApiError {
  readonly type: string
  readonly message: string
  readonly data: string
  /** The MRD of an error of a medium or of a task. */
  readonly mrd: string
  /** The failure of this product that looks like this; `undefined` for an error that only the followed Finesse has. */
  readonly failure: Failure | undefined
  /** The part of the message that varies; `''` if there is none. */
  readonly detail: string
}

const NAMES: readonly Failure[] = Object.keys(FAILURES).filter((name): name is Failure => Object.hasOwn(FAILURES, name))

/** Longest text of an error that goes into answers and logs, in characters. */
const LONGEST = 500

/** The first error of `ApiErrors`; `undefined` if the document is none. */
export function readApiError(tree: Tree | undefined, platform: Platform): ApiError | undefined {
  if (!isCalled(tree, 'apiErrors')) return undefined
  const error = at(tree, 'apiError')
  const text = (name: string) => textAt(error, name).slice(0, LONGEST)
  const told = { type: text('errorType'), message: text('errorMessage'), data: text('errorData') }
  const [failure, detail] = known(told, platform)
  return { ...told, mrd: text('errorMedia'), failure, detail }
}

type Told = Pick<ApiError, 'type' | 'message' | 'data'>

/** The number alone is not enough, because two failures have 1, and the message alone is not, because some vary. */
function known(told: Told, platform: Platform): readonly [Failure | undefined, string] {
  for (const failure of NAMES) {
    const form = failureForm(failure, platform)
    if (String(form.data) !== told.data) continue
    if (typeof form.message === 'string') {
      if (form.message === told.message && (form.type === told.type || told.type === '')) return [failure, '']
      continue
    }
    const begin = form.message('')
    if (told.message === begin || told.message.startsWith(begin.endsWith(' ') ? begin : `${begin}:`))
      return [failure, told.message.slice(begin.length).replace(/^: /, '')]
  }
  return [undefined, told.message]
}

/** The failure of the family that stands for an error of which this product knows nothing. */
const UNKNOWN = {
  user: 'INVALID_USER_STATE',
  media: 'ACTION_OUT_OF_SEQUENCE',
  call: 'CALL_OPERATION_FAILED',
} as const satisfies Readonly<Record<string, Failure>>

/** A failure that fits the object, for readers that know only the failures of this product. */
export const failureFor = ({ failure }: ApiError, family: keyof typeof UNKNOWN): Failure => failure ?? UNKNOWN[family]
