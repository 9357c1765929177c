/** Finds all contacts of a customer in the stored data. */
import type { NamedValue } from '../../../machines/effects.ts'
import { InvalidArgument } from '../../errors/mrdian-error.ts'
import type { CustomerSubjects } from './api.ts'
import { type Contact, Contacts } from './contacts.ts'
import { ERASED, isPersonalText } from './erase.ts'
import type { Sighting } from './places.ts'
import { type Kept, type Piece, walk } from './walk.ts'

/** Does this sighting have values that are not erased yet? */
export const hasValues = ({ variables, callers }: Sighting): boolean =>
  variables.some(({ value }) => isPersonalText(value)) || callers.some(isPersonalText)

/** @throws InvalidArgument for subjects that name no customer, or that have the word for erased values as a value. */
export function checkSubjects({ tasks, dialogs, calls, variables, callers }: CustomerSubjects): void {
  const texts = [tasks, dialogs, calls, callers].flatMap((each) => each ?? [])
  const values = (variables ?? []).map(({ value }) => value)
  if (texts.length + values.length === 0)
    throw new InvalidArgument('a task, dialog, call, variable or caller has to be named')
  if ([...texts, ...values].includes('')) throw new InvalidArgument('an empty value names nobody')
  if ([...(callers ?? []), ...values].includes(ERASED))
    throw new InvalidArgument(`"${ERASED}" is the word for erased values and names no customer`)
}

/**
 * All contacts that the subjects name, each as a whole: the task, its dialogs, and all tasks before and after it by
 * resubmission. The walk is repeated until it finds no new ids, because links between ids may come later than the rows
 * that they concern. Yields each piece of the walk, for the display of progress.
 */
export async function* search(kept: Kept, subjects: CustomerSubjects): AsyncGenerator<Piece, readonly Contact[]> {
  checkSubjects(subjects)
  const isNamed = matcher(subjects)
  const contacts = new Contacts()
  for (let before = -1; contacts.size > before; ) {
    before = contacts.size
    contacts.countAnew()
    for await (const piece of walk(kept)) {
      for (const { at, position, sightings } of piece.looks)
        for (const sighting of sightings)
          contacts.see(sighting, { at, position, hasValues: hasValues(sighting) }, isNamed(sighting))
      yield piece
    }
  }
  return contacts.all
}

function matcher({ tasks, dialogs, calls, variables = [], callers = [] }: CustomerSubjects) {
  const named = new Set([tasks, dialogs, calls].flatMap((each) => each ?? []))
  const numbers = new Set(callers)
  const isValue = (variable: NamedValue) =>
    variables.some(({ name = variable.name, value }) => name === variable.name && value === variable.value)
  return ({ ids, variables: found, callers: from }: Sighting): boolean =>
    ids.length > 0 &&
    (ids.some((id) => named.has(id)) || found.some(isValue) || from.some((number) => numbers.has(number)))
}
