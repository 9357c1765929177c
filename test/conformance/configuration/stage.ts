/** A server whose directory has configuration for desktops, and its clients. */
import { expect } from 'vitest'
import { loadDirectory } from '../../../src/directory/index.ts'
import type { Directory, LoadedDirectory } from '../../../src/directory/model.ts'
import { expectedRefusal, type RefusalFacts } from '../expected/refusal.ts'
import type { RestAnswer } from '../finesse-client.ts'
import { parseTree, printed, type Tree } from '../tree.ts'

const SAMPLE = await loadDirectory()

/** The sample with other sections. */
export const sampleWith = (sections: Partial<Directory>): LoadedDirectory => ({
  ...SAMPLE,
  directory: { ...SAMPLE.directory, ...sections },
})

export const SAMPLE_REASONS = SAMPLE.directory.reasonCodes

/** Compares the whole object of an answer. */
export function expectObject({ status, body }: RestAnswer, expected: Tree, expectedStatus = 200): void {
  expect(status).toBe(expectedStatus)
  expect(printed(parseTree(body))).toBe(printed(expected))
}

export function expectRefusal(answer: RestAnswer, status: number, facts: RefusalFacts): void {
  expectObject(answer, expectedRefusal(facts), status)
}

export const OTHERS_OBJECT = {
  type: 'Invalid Authorization User Specified',
  message: "The user specified in the authentication credentials and the uri don't match",
} as const
