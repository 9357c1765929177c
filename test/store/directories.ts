/** Directories that are removed after the test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'mrdian-store-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A directory that is removed after all tests of the file. */
export function temporaryDirectoryOfFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'mrdian-store-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
