/** Invalid scenario files: every problem is reported with its line. */
import { expect, it } from 'vitest'
import { problemsOf, scenario } from './scenarios.ts'

const good = `version: 1
title: T
duration: 10m
agents:
  - { name: a, users: ["1001"], media: { "5001": {} } }
`

it('accepts the smallest scenario', async () => {
  const { members, directory, start, seed } = await scenario(good)
  expect(members.map(({ user }) => user)).toEqual(['1001'])
  expect(directory.users).toHaveLength(7)
  expect(new Date(start).toISOString()).toBe('2026-01-05T08:00:00.000Z')
  expect(seed).toBe(1)
})

it.each([
  ['an unknown key', `${good}speed: 3\n`, '6 speed: unknown key'],
  ['an unknown key further down', good.replace('name: a', 'name: a, mood: bad'), '5 agents[0].mood: unknown key'],
  ['a missing key', good.replace('duration: 10m\n', ''), '1 duration: is missing'],
  ['text that is no duration', good.replace('10m', 'soon'), '3 duration: must be a duration: 90s, 3m, 1h30m'],
  ['another version', good.replace('version: 1', 'version: 2'), '1 version: must be 1'],
  ['a bad date', `${good}start: tomorrow\n`, '6 start: must be a date and time: 2026-01-05T08:00:00Z'],
  [
    'a user who is not in the directory',
    good.replace('1001', '9'),
    '5 agents[0].users[0]: no user 9, or it is in an earlier group',
  ],
  ['an unknown MRD', good.replace('5001', '7'), '5 agents[0].media.7: no nonvoice MRD 7'],
  [
    'a group without voice and media',
    good.replace('media: { "5001": {} }', ''),
    '5 agents[0]: must have voice or media',
  ],
  [
    'a side that does not exist',
    `${good}faults:\n  - { type: side, side: B, from: 1m }\n`,
    '7 faults[0].side: there is no side B without sides: 2',
  ],
  [
    'an unknown selector',
    `${good}arrivals:\n  - { selector: x, at: [1m] }\n`,
    '7 arrivals[0].selector: no script selector x',
  ],
  [
    'keepAgent without an agent',
    `${good}arrivals:\n  - { selector: email_support, at: [1m], keepAgent: true }\n`,
    '7 arrivals[0].keepAgent: needs an agent',
  ],
  [
    'keepAgent without an agent in a script',
    `${good}script:\n  - { do: task, at: 1m, contact: a#1, selector: email_support, keepAgent: true }\n`,
    '7 script[0].keepAgent: needs an agent',
  ],
  [
    'arrivals without a time',
    `${good}arrivals:\n  - { selector: email_support }\n`,
    '7 arrivals[0]: must have one of at, every, perHour, byHour',
  ],
  [
    'two distributions for one duration',
    `${good}handling:\n  "5001": { active: { constant: 1m, exponential: 1m } }\n`,
    '7 handling.5001.active: must have exactly one of constant, exponential, lognormal, uniform',
  ],
  ['a talk time for tasks', `${good}handling:\n  "5001": { talk: 1m }\n`, '7 handling.5001.talk: is only for voice'],
  [
    'an expectation without a subject',
    `${good}expect:\n  - { at: 1m }\n`,
    '7 expect[0]: must have a user, a contact, a queue or a total',
  ],
  [
    'an expectation after the end',
    `${good}expect:\n  - { at: 1h, user: "1001", state: READY }\n`,
    '7 expect[0].at: is after the end',
  ],
  [
    'an unknown total',
    `${good}expect:\n  - { total: fun, queue: "5001", is: 3 }\n`,
    '7 expect[0].total: must be one of arrived, handled, abandoned, left, open, serviceLevel, waitMean, waitP90, waitLongest, longest, handledAfterMean, handledAfterP90, responseMean, responseP90',
  ],
  [
    'a condition that does not fit the total',
    `${good}expect:\n  - { total: active, mrd: "5001", is: many }\n`,
    '7 expect[0].is: must be a duration: 90s, 3m, 1h30m',
  ],
  [
    'a directory file that does not exist',
    `${good}directory: { file: nowhere.yaml }\n`,
    /^6 directory\.file: is not a valid directory:\n.*nowhere\.yaml cannot be read/,
  ],
  [
    'a problem in an inline directory',
    `${good}directory:\n  inline:\n    users:\n      - { id: "1", loginName: a, teamId: "9" }\n`,
    '9 directory.inline.users[0].teamId: team "9" does not exist',
  ],
  ['no YAML', `${good}a: [`, /^\d+ : is not YAML/],
])('%s', async (_what, text, problem) => {
  const [first] = await problemsOf(text)
  if (problem instanceof RegExp) expect(first).toMatch(problem)
  else expect(first).toBe(problem)
})

it('reports every problem, in the order of the file', async () => {
  expect(await problemsOf(good.replace('10m', 'x').replace('title: T', 'title: 3'))).toEqual([
    '2 title: must be text: write "3" in quotes',
    '3 duration: must be a duration: 90s, 3m, 1h30m',
  ])
})

it('settings of the scenario override those of the directory, and times of day become times since the start', async () => {
  const text = `${good.replace('name: a,', 'name: a, signIn: "09:30",')}start: 2026-01-05T09:00:00Z
media: { "5001": { startTimeout: 45s, interruptible: false } }
settings: { presenceGrace: 20s }
`
  const { directory, members } = await scenario(text)
  expect(directory.mediaRoutingDomains.find(({ id }) => id === '5001')).toMatchObject({
    startTimeoutSeconds: 45,
    interruptible: false,
  })
  expect(directory.settings.presenceGraceSeconds).toBe(20)
  expect(members[0]?.group.signIn).toBe(30 * 60_000)
})

it('accepts an inline directory without passwords', async () => {
  const text = `${good.replace('1001', 'ana').replace('5001', '7')}directory:
  inline:
    mediaRoutingDomains: [{ id: "7", name: Mail, scriptSelectors: [mail] }]
    teams: [{ id: "1", name: One }]
    users: [{ id: ana, loginName: ana, teamId: "1", extensions: ["10"], mediaRoutingDomains: ["7"] }]
`
  expect((await scenario(text)).directory.users.map(({ id }) => id)).toEqual(['ana'])
})
