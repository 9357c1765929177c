/** Directories that are gone after the test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'mrdian-store-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
