/** Kinds of values that several sections of the directory file have. */
import { z } from 'zod'
import { isInherited } from './names.ts'
import { RESERVED } from './reserved.ts'

/** Text that XML can contain: no control characters, no unpaired surrogates. */
export function text(longest: number) {
  return z
    .string()
    .trim()
    .refine((value) => [...value].length <= longest, `must have at most ${longest} characters`)
    .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), 'must not contain control characters')
}

/** Text of at least one character. */
export function filled(longest: number) {
  return text(longest).min(1, 'must not be empty')
}

/** No underscore and no slash, because ids are parts of node names, addresses and dialog ids. */
export const id = z
  .string()
  .regex(/^[A-Za-z0-9.-]{1,32}$/, 'must be 1 to 32 letters, digits, "." or "-"')
  .refine((value) => value !== '.' && value !== '..', 'must not be "." or ".."')
  .refine((value) => !isInherited(value), RESERVED)

/** Database ids of Finesse are numbers. */
export const numericId = z.string().regex(/^[1-9][0-9]{0,8}$/, 'must be a number of at most 9 digits, in quotes')

/** The teams that have an entry. Without it, all teams have it. */
export const teams = z.array(id).max(10_000).optional()
