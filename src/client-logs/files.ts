/** Client logs as files of one directory, a limited number of them. */
import { randomBytes } from 'node:crypto'
import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeOwnDirectory, OWN_FILE } from '../store/owner-only.ts'
import type { ClientLog, ClientLogs } from './api.ts'

/** How many logs are kept. When a log comes that is too much, the oldest is deleted. */
export interface ClientLogLimits {
  /** Of one user; 5 when left out. */
  readonly ofUser?: number | undefined
  /** Of all users; 200 when left out. */
  readonly all?: number | undefined
}

/** The parts of a name, which contain no underscore: user, time, random digits. */
const NAME = /^([A-Za-z0-9.=-]+)_(\d{8}T\d{9}Z)_[0-9a-f]{8}\.(?:log|zip)(?:\.part)?$/

/** The user's id as a part of a file name. Other characters than letters, digits and `-` become their code: `=2e`. */
const nameOf = (user: string): string =>
  user.replace(/[^A-Za-z0-9-]/gu, (character) => `=${character.codePointAt(0)?.toString(16)}`)

const timeOf = (at: number): string => new Date(at).toISOString().replace(/[-:.]/g, '')

/**
 * Keeps logs in `directory`, which is created with the first log. Only this user of the machine can read them. A name
 * is made of user, time and random digits, such as `1001_20260105T080000000Z_9f86d081.log`. Other files in the
 * directory are left alone.
 */
export function clientLogFiles(directory: string, { ofUser = 5, all = 200 }: ClientLogLimits = {}): ClientLogs {
  let last: Promise<void> = Promise.resolve()
  return {
    keep(log) {
      // One after the other, so that two logs do not count the same files.
      const kept = last.then(() => write(directory, log)).then((name) => prune(directory, name, ofUser, all))
      last = kept.catch(() => undefined)
      return kept
    },
  }
}

async function write(directory: string, { user, at, form, content }: ClientLog): Promise<string> {
  makeOwnDirectory(directory)
  const suffix = form === 'zip' ? 'zip' : 'log'
  const name = `${nameOf(user)}_${timeOf(at)}_${randomBytes(4).toString('hex')}.${suffix}`
  const part = join(directory, `${name}.part`)
  await writeFile(part, content, { mode: OWN_FILE, flag: 'wx' })
  await rename(part, join(directory, name))
  return name
}

interface Kept {
  readonly name: string
  readonly user: string
  readonly time: string
}

/** Deletes the oldest logs that are too many, but never `newest`, whose time may be older than that of others. */
async function prune(directory: string, newest: string, ofUser: number, all: number): Promise<void> {
  const others = (await readdir(directory)).flatMap((name): readonly Kept[] => {
    const [, user, time] = NAME.exec(name) ?? []
    return user === undefined || time === undefined || name === newest ? [] : [{ name, user, time }]
  })
  const newestFirst = others.sort((a, b) => (a.time < b.time ? 1 : -1))
  const [, own] = NAME.exec(newest) ?? []
  const tooManyOfUser = newestFirst.filter(({ user }) => user === own).slice(Math.max(0, ofUser - 1))
  const kept = newestFirst.filter((each) => !tooManyOfUser.includes(each))
  const tooMany = [...tooManyOfUser, ...kept.slice(Math.max(0, all - 1))]
  await Promise.all(tooMany.map(({ name }) => rm(join(directory, name), { force: true })))
}
