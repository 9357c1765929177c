import { randomBytes } from 'node:crypto'

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Random letters and digits, for message ids (8 characters, `notifications 6`), stream ids and resources. */
export function randomName(length: number): string {
  let name = ''
  for (const byte of randomBytes(length)) name += CHARACTERS[byte % CHARACTERS.length]
  return name
}
