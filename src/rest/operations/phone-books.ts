/** Lists of phone books with their contacts, of which a range is shown (`user 4.12`; `user 8.4`). */
import type { Contact, PhoneBook } from '../../directory/index.ts'
import { contactList, phoneBookList, phoneBookWith, renderContact } from '../../finesse/index.ts'
import { inSlices } from '../../http/index.ts'
import { objectRange } from '../object-range.ts'
import { type Call, found, type Reply } from '../operation.ts'
import { RestRefusal } from '../refusal.ts'

/**
 * Global books come first, then team books. All books are listed, with the contacts of the range. 206 if these are not
 * all contacts.
 */
export async function listPhoneBooks(books: readonly PhoneBook[], call: Call): Promise<Reply> {
  const inOrder = [
    ...books.filter(({ teams }) => teams === undefined),
    ...books.filter(({ teams }) => teams !== undefined),
  ]
  const total = inOrder.reduce((sum, { contacts }) => sum + contacts.length, 0)
  const range = objectRange(call.header('range'), total)
  const rendered: string[] = []
  let before = 0
  for (const book of inOrder) {
    const shown = book.contacts.slice(Math.max(range.first - 1 - before, 0), Math.max(range.last - before, 0))
    rendered.push(phoneBookWith(book, await renderContacts(book, shown)))
    before += book.contacts.length
  }
  const xml = phoneBookList(rendered)
  if (range.first === 1 && range.last === total) return found(xml)
  return { status: 206, xml, headers: { 'content-range': `objects ${range.first}-${range.last}/${total}` } }
}

/** The contacts of one book. */
export async function listContacts(book: PhoneBook): Promise<Reply> {
  return found(contactList(await renderContacts(book, book.contacts)))
}

export function oneContact(book: PhoneBook, id: string): Reply {
  const contact = book.contacts.find((each) => each.id === id)
  if (contact === undefined) throw new RestRefusal('RESOURCE_NOT_FOUND', id)
  return found(renderContact(book.id, contact))
}

function renderContacts({ id }: PhoneBook, contacts: readonly Contact[]): Promise<readonly string[]> {
  return inSlices(contacts, (contact) => renderContact(id, contact))
}
