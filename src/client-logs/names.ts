/** The names of files of client logs: user, time and random digits, such as `1001_20260105T080000000Z_9f86d081.log`. */
import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import type { ClientLog } from './api.ts'

/** The parts of a name, which contain no underscore. */
const NAME = /^([A-Za-z0-9.=-]+)_(\d{8}T\d{9}Z)_[0-9a-f]{8}\.(?:log|zip)(?:\.part)?$/

/** What the name of a file says. */
export interface Kept {
  readonly name: string
  /** As `nameOf` writes it. */
  readonly user: string
  /** As `timeOf` writes it, so times can be compared as texts. */
  readonly time: string
}

/** The user's id as a part of a file name. Other characters than letters, digits and `-` become their code: `=2e`. */
export const nameOf = (user: string): string =>
  user.replace(/[^A-Za-z0-9-]/gu, (character) => `=${character.codePointAt(0)?.toString(16)}`)

export const timeOf = (at: number): string => new Date(at).toISOString().replace(/[-:.]/g, '')

/** A new name. */
export function fileNameOf({ user, at, form }: Pick<ClientLog, 'user' | 'at' | 'form'>): string {
  return `${nameOf(user)}_${timeOf(at)}_${randomBytes(4).toString('hex')}.${form === 'zip' ? 'zip' : 'log'}`
}

/** The logs of a directory, newest first. Other files are not among them. Without a directory there are none. */
export async function keptIn(directory: string): Promise<readonly Kept[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  return names
    .flatMap((name): readonly Kept[] => {
      const [, user, time] = NAME.exec(name) ?? []
      return user === undefined || time === undefined ? [] : [{ name, user, time }]
    })
    .sort((a, b) => (a.time < b.time ? 1 : -1))
}
