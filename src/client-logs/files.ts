/** Client logs as files of one directory, a limited number of them. */
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeOwnDirectory, OWN_FILE } from '../store/owner-only.ts'
import type { ClientLog, ClientLogs } from './api.ts'
import { fileNameOf, keptIn, nameOf, timeOf } from './names.ts'

/** How many logs are kept. When a log comes that is too much, the oldest is deleted. */
export interface ClientLogLimits {
  /** Of one user; 5 when left out. */
  readonly ofUser?: number | undefined
  /** Of all users; 200 when left out. */
  readonly all?: number | undefined
}

/** Which logs are deleted: those to which one of these applies. */
export interface DeletedLogs {
  /** Logs that came at this time or later, in ms since 1970 UTC. */
  readonly since?: number | undefined
  /** Logs that came before this time, in ms since 1970 UTC. */
  readonly before?: number | undefined
  /** Logs of these users. */
  readonly users?: ReadonlySet<string> | undefined
}

/** Logs in files. */
export interface ClientLogFiles extends ClientLogs {
  /**
   * Deletes logs as a whole, because nobody searches them: for `eraseElsewhere` of `createEngine`. Resolves with their
   * number. Rejects if one cannot be deleted.
   */
  erase(which: DeletedLogs): Promise<number>
}

/** Where `mrdian serve` keeps the logs of desktops: a directory beside the data file. */
export const clientLogsOf = (dataFile: string): string => `${dataFile}.client-logs`

/**
 * Keeps logs in `directory`, which is created with the first log. Only this user of the machine can read them. A name
 * is made of user, time and random digits, such as `1001_20260105T080000000Z_9f86d081.log`. Other files in the
 * directory are left alone.
 */
export function clientLogFiles(directory: string, { ofUser = 5, all = 200 }: ClientLogLimits = {}): ClientLogFiles {
  let last: Promise<unknown> = Promise.resolve()
  // One after the other, so that two logs do not count the same files, and no log is written while others are deleted.
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }
  return {
    keep: (log) =>
      inTurn(async () => {
        const name = await write(directory, log)
        await prune(directory, name, ofUser, all)
      }),
    erase: (which) => inTurn(() => erase(directory, which)),
  }
}

async function write(directory: string, log: ClientLog): Promise<string> {
  makeOwnDirectory(directory)
  const name = fileNameOf(log)
  const part = join(directory, `${name}.part`)
  await writeFile(part, log.content, { mode: OWN_FILE, flag: 'wx' })
  await rename(part, join(directory, name))
  return name
}

/** Deletes the oldest logs that are too many, but never `newest`, whose time may be older than that of others. */
async function prune(directory: string, newest: string, ofUser: number, all: number): Promise<void> {
  const logs = await keptIn(directory)
  const own = logs.find(({ name }) => name === newest)?.user
  const others = logs.filter(({ name }) => name !== newest)
  const tooManyOfUser = others.filter(({ user }) => user === own).slice(Math.max(0, ofUser - 1))
  const kept = others.filter((each) => !tooManyOfUser.includes(each))
  const tooMany = [...tooManyOfUser, ...kept.slice(Math.max(0, all - 1))]
  await Promise.all(tooMany.map(({ name }) => rm(join(directory, name), { force: true })))
}

async function erase(directory: string, { since, before, users = new Set() }: DeletedLogs): Promise<number> {
  const names = new Set([...users].map(nameOf))
  const [from, until] = [since, before].map((at) => (at === undefined ? undefined : timeOf(at)))
  const erased = (await keptIn(directory)).filter(
    ({ user, time }) =>
      names.has(user) || (from !== undefined && time >= from) || (until !== undefined && time < until),
  )
  await Promise.all(erased.map(({ name }) => rm(join(directory, name), { force: true })))
  return erased.length
}
