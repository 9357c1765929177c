/** Copies client logs for a backup. */
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeOwnDirectory } from '../store/owner-only.ts'
import { keptIn } from './names.ts'

/**
 * Copies the logs of a directory to another one, which has exactly these logs then. A log that is deleted meanwhile is
 * left out. Resolves with the number of copied logs. Without logs no directory is made.
 */
export async function copyClientLogs(from: string, to: string): Promise<number> {
  const logs = (await keptIn(from)).filter(({ name }) => !name.endsWith('.part'))
  for (const { name } of await keptIn(to)) await rm(join(to, name), { force: true })
  if (logs.length === 0) return 0
  makeOwnDirectory(to)
  let copied = 0
  for (const { name } of logs) if (await copyOf(join(from, name), join(to, name))) copied += 1
  return copied
}

/** Copies a file with its mode. False if it is gone. */
async function copyOf(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}
