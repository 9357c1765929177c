/** Erasure of a customer's data. Answers contain contacts, times and counts, but never the customer's values. */

import type { ErasureEntry, FoundContact } from '../engine/erasure/api.ts'
import { InvalidArgument } from '../errors/mrdian-error.ts'
import { checked } from './json.ts'
import { type Answer, type Call, type Operation, ok } from './operation.ts'
import { pageOf } from './pages.ts'
import { ControlRefusal } from './refusal.ts'
import { customer } from './requests.ts'

async function erase({ engine, origin, body }: Call): Promise<Answer> {
  const { dryRun, ...subjects } = checked(customer, body, 'body')
  try {
    if (dryRun) return ok({ found: (await engine.erasures.find(subjects)).map(contactView), erasure: null })
    const { found, erasure } = await engine.erasures.erase(subjects, origin)
    return ok({ found: found.map(contactView), erasure: erasure === undefined ? null : erasureView(erasure) })
  } catch (error) {
    // The request does not say clearly which customer is meant. The message repeats no value of the request.
    if (error instanceof InvalidArgument) throw new ControlRefusal('INVALID_PARAMETER', 'body', error.message)
    throw error
  }
}

const list = (call: Call): Answer => pageOf(call, call.engine.erasures.list(), ({ id }) => id, erasureView)

const time = (at: number | null) => (at === null ? null : new Date(at).toISOString())

const contactView = ({ ids, first, last, places, open }: FoundContact) => ({
  ids,
  first: time(first),
  last: time(last),
  places,
  open,
})

/** Of a large erasure not all ids are kept; `idsLeftOut` says of how many that is so. */
const erasureView = ({ id, at, by, state, ids, idsLeftOut, contacts, rows }: ErasureEntry) => ({
  id,
  at: time(at),
  by,
  state,
  contacts,
  rows,
  ids,
  ...(idsLeftOut === undefined ? {} : { idsLeftOut }),
})

export const ERASURE_OPERATIONS: readonly Operation[] = [
  { method: 'POST', path: '/erasures', run: erase },
  { method: 'GET', path: '/erasures', takesQuery: true, run: list },
]
