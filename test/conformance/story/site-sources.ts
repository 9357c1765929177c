/** What a story knows of a site: its directory, its clock, the times of its commits and the tasks of its ACD. */
import { expect } from 'vitest'
import type { Site } from '../server.ts'
import { parseTree, printed, type Tree, written } from '../tree.ts'
import { SiteMoments } from './moments.ts'
import type { Sources } from './sources.ts'

export type Played = Pick<Site, 'server' | 'clock' | 'acd'>

/** The documents must be equal, character by character. */
function isSame(text: string, expected: Tree, _kind: string, about: string): void {
  // The trees are compared first, because their differences are readable.
  if (text !== written(expected)) expect(printed(parseTree(text)), about).toBe(printed(expected))
  expect(text, about).toBe(written(expected))
}

const textOrNone = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** A task as `/acd` lists it. */
function asTask(value: unknown) {
  const found: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {}
  const { id, dialogId, resubmittedAs } = found
  return { id: String(id), dialogId: textOrNone(dialogId), resubmittedAs: textOrNone(resubmittedAs) }
}

export function siteSources(on: Played): Sources {
  const submitted = new Map<string, Readonly<Record<string, string>>>()
  return {
    moments: new SiteMoments(on.clock, on.server),
    same: isSame,
    entries: () => on.server.engine.get.directory(),
    submitted: (task, variables) => submitted.set(task, variables),
    async originOf(dialog) {
      const { body } = await on.acd('GET', '/tasks')
      const tasks = Object.values(body).map(asTask)
      const task = tasks.find(({ dialogId }) => dialogId === dialog)
      if (!task) throw new Error(`the ACD knows no task of ${dialog}`)
      const before = (id: string) => tasks.find(({ resubmittedAs }) => resubmittedAs === id)
      let first = task.id
      for (let earlier = before(first); earlier; earlier = before(first)) first = earlier.id
      return { variables: submitted.get(first) ?? {}, from: before(task.id)?.dialogId ?? '' }
    },
  }
}
