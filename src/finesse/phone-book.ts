/** Phone books and contacts on the wire (`user 4.12`). */
import type { Contact, PhoneBook } from '../directory/configuration/model.ts'
import { leaf, list, parent } from './xml.ts'

const uriOf = (book: string): string => `/finesse/api/PhoneBook/${book}`

export function renderContact(book: string, contact: Contact): string {
  return parent(
    'Contact',
    leaf('firstName', contact.firstName),
    leaf('lastName', contact.lastName),
    leaf('phoneNumber', contact.phoneNumber),
    leaf('description', contact.description),
    leaf('uri', `${uriOf(book)}/Contact/${contact.id}`),
  )
}

/** The contacts of one book, rendered. */
export function contactList(rendered: readonly string[]): string {
  return list('Contacts', rendered)
}

function phoneBook({ id, name, teams }: PhoneBook, contacts: string): string {
  const type = teams === undefined ? 'GLOBAL' : 'TEAM'
  return parent('PhoneBook', leaf('uri', uriOf(id)), leaf('name', name), leaf('type', type), contacts)
}

/** One book. Its contacts are only a URI. */
export function renderPhoneBook(book: PhoneBook): string {
  return phoneBook(book, leaf('contacts', `${uriOf(book.id)}/Contacts`))
}

/** A book in a list, with contacts, rendered. */
export function phoneBookWith(book: PhoneBook, contacts: readonly string[]): string {
  return phoneBook(book, list('contacts', contacts))
}

/** The books of a list, rendered. */
export function phoneBookList(rendered: readonly string[]): string {
  return list('PhoneBooks', rendered)
}
