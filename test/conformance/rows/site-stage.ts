/** Stages for row tests with a server in this process: in virtual time, with any directory, with every failure. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { ServerOptions } from '../../../src/cli/server.ts'
import { type LoadedDirectory, parseDirectory } from '../../../src/directory/index.ts'
import { type Site, site } from '../server.ts'
import { siteSources } from '../story/site-sources.ts'
import { Story } from '../story/story.ts'
import { Agent, type DirectoryChanges, Stage, type StageOptions, type Theatre } from './stage.ts'

const SAMPLE = new URL('../../../src/directory/sample.yaml', import.meta.url)

/** The sample, but with descriptions of MRDs that differ from their names, so that tests can tell them apart. */
const DESCRIBED = readFileSync(SAMPLE, 'utf8').replace(/description: (\w+)\n/g, 'description: "<$1> & more"\n')

/** Parsed directories by their text, because to parse one takes longer than a start. No test changes a directory. */
const understood = new Map<string, LoadedDirectory>()

/** The sample directory with these changes, each found exactly once. */
export function sampleWith({ changes }: DirectoryChanges = { changes: [] }): LoadedDirectory {
  let text = DESCRIBED
  for (const [old, fresh] of changes) {
    expect(text.split(old), `"${old}" in the sample directory`).toHaveLength(2)
    text = text.replace(old, fresh)
  }
  const known = understood.get(text)
  if (known) return known
  const { directory, credentials } = parseDirectory(text, 'sample.yaml')
  understood.set(text, { directory, credentials })
  return { directory, credentials }
}

/** A story of what happens on a site. */
export function storyOf(on: Site): Story {
  const story = new Story(siteSources(on))
  on.watchedBy(story)
  return story
}

/**
 * Runs a test on a server of its own, with agent 1001 connected. Fails if an agent has unread notifications at the end.
 */
export async function onSite(
  test: (stage: Stage<Site>) => Promise<void>,
  { directory, ...options }: StageOptions & Omit<ServerOptions, 'directory'> = {},
): Promise<void> {
  const on = await site({ directory: sampleWith(directory), ...options })
  try {
    const story = storyOf(on)
    const stage = new Stage(on, story, new Agent(on, story, await on.client('1001')))
    await test(stage)
    await stage.ends()
  } finally {
    await on.close()
  }
}

/** A server for each test. */
export const SITES: Theatre = { play: onSite }
