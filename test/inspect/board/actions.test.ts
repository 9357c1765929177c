/**
 * What supervisors do on the board, in a real browser: states of their team members, and messages to their teams.
 *
 * Slow, 10 s: each test opens pages in a real browser.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseDirectory } from '../../../src/directory/index.ts'
import { explain } from '../../../src/history/index.ts'
import { describeInBrowser, launchBrowser, type TestBrowser, type WatchedPage } from '../../browser.ts'
import { basic, boardStage, isReady, type Stage, watch } from './stage.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function staged(options: Parameters<typeof boardStage>[0] = {}): Promise<Stage> {
  const stage = await boardStage({ history: true, ...options })
  open.push(stage.close)
  return stage
}

const voiceState = ({ engine }: Stage, user: string) => engine.get.user(user)?.state

describeInBrowser('a supervisor at the board', () => {
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  async function board({ base }: Stage, name = '1234'): Promise<WatchedPage> {
    const watched = await browser.open(`${base}/inspect/board`, { allow: (url) => url.startsWith(base) })
    open.push(() => watched.close())
    const { page } = watched
    await page.fill('#name', name)
    await page.fill('#password', 'secret')
    await page.click('button[type=submit]')
    await page.locator('main[data-ready] .body .row').first().waitFor()
    return watched
  }

  it('makes a team member not ready and ready, and signs out, each after a question, under the own name (user 5.7)', async () => {
    const stage = await staged()
    await stage.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await stage.command({ type: 'user.setState', user: '1001', state: 'READY' })
    const watched = await board(stage)
    const { page } = watched
    const ask = async (text: string) => {
      await page.click('[data-user="1001"] button.name')
      await page.locator('dialog').getByText(text, { exact: true }).click()
    }
    await ask('Make not ready')
    await watched.picture('board-confirm')
    await page.locator('dialog').getByText('Cancel').click()
    await page.keyboard.press('Escape')
    expect(voiceState(stage, '1001')).toBe('READY')
    const confirmed = async (text: string, state: string) => {
      await ask(text)
      await page.locator('dialog .primary').click()
      await page.locator('dialog').waitFor({ state: 'detached' })
      await page.locator(`[data-user="1001"] [data-mrd="1"] [data-state="${state}"]`).waitFor()
    }
    await confirmed('Make not ready', 'NOT_READY')
    expect(stage.engine.get.user('1001')?.reason).toMatchObject({ code: 999, label: 'Supervisor Initiated' })
    await confirmed('Make ready', 'READY')
    await confirmed('Sign out', 'LOGOUT')
    const { history } = stage.engine
    if (!history) throw new Error('the store keeps the history')
    const told = await explain(history, { user: '1001' })
    expect(JSON.stringify(told)).toContain('"via":"board","by":"1234"')
    expect(watched.problems).toEqual([])
  })

  it('is told in plain words why something is refused, and can try again', async () => {
    const stage = await staged()
    await stage.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    await stage.command({ type: 'user.setState', user: '1001', state: 'READY' })
    await stage.answers('1001')
    const { page, picture } = await board(stage)
    await page.locator('[data-user="1001"] [data-mrd="1"] [data-state="TALKING"]').waitFor()
    await page.click('[data-user="1001"] button.name')
    await page.locator('dialog').getByText('Make not ready', { exact: true }).click()
    await page.locator('dialog .primary').click()
    await page.getByText('A supervisor cannot do this while Ana Reyes is talking.').waitFor()
    await picture('board-refused')
    expect(voiceState(stage, '1001')).toBe('TALKING')
    expect(await page.locator('dialog .primary').isEnabled()).toBe(true)
  })

  it('writes to a team, with the keyboard alone (dialog 9)', async () => {
    const stage = await staged()
    const { page, picture } = await board(stage)
    await page.getByRole('button', { name: 'Write a message to a team' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.type('Lunch at noon')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Send this to the 3 agents of First Line Support: "Lunch at noon"').waitFor()
    await picture('board-message')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await page.locator('dialog').waitFor({ state: 'detached' })
    expect(stage.engine.teamMessages.ofTeam('2001')).toMatchObject([
      { createdBy: { id: '1234', firstName: 'Chris' }, content: 'Lunch at noon', durationSeconds: 900 },
    ])
  })
})

it('the board of an engine that only follows another one has no actions', async () => {
  const stage = await staged({ acts: false })
  const headers = { authorization: basic('1234:secret'), 'content-type': 'application/json' }
  for (const path of ['states', 'messages']) {
    const answer = await fetch(`${stage.base}/inspect/board/${path}`, { method: 'POST', headers, body: '{}' })
    expect([path, answer.status]).toEqual([path, 404])
  }
  const page = await watch(stage, `?ticket=${await stage.ticket('1234:secret')}`)
  await page.until(isReady)
  expect(page.messages[0]).toMatchObject({ type: 'begin', mayAct: false })
  page.socket.close()
})

describe('rights on the board', () => {
  it('are those of the REST operations: own teams only, and no changes by administrators and wallboards', async () => {
    const text = `version: 1
administrators: [{ id: admin, password: secret }]
mediaRoutingDomains: [{ id: "5001", name: Email, interruptible: true, startTimeoutSeconds: 120, scriptSelectors: [a] }]
teams: [{ id: "1", name: One }, { id: "2", name: Two }]
users:
  - { id: "lead", loginName: lead, firstName: L, lastName: L, password: secret, roles: [Agent, Supervisor], teamId: "1", supervises: ["1"], extensions: ["10"], mediaRoutingDomains: ["5001"] }
  - { id: "own", loginName: own, firstName: O, lastName: O, password: secret, roles: [Agent], teamId: "1", extensions: ["11"], mediaRoutingDomains: ["5001"] }
  - { id: "far", loginName: far, firstName: F, lastName: F, password: secret, roles: [Agent], teamId: "2", extensions: ["12"], mediaRoutingDomains: ["5001"] }
`
    const stage = await staged({ directory: parseDirectory(text, 'teams.yaml') })
    for (const [user, extension] of [
      ['lead', '10'],
      ['own', '11'],
      ['far', '12'],
    ] as const)
      await stage.command({ type: 'user.signIn', user, extension })
    const post = async (name: string, path: string, body: object) => {
      const answer = await fetch(`${stage.base}/inspect/board/${path}`, {
        method: 'POST',
        headers: { authorization: basic(`${name}:secret`), 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      const said = await answer.text()
      return [answer.status, said === '' ? '' : JSON.parse(said).message]
    }
    const state = (name: string, user: string, more: object = {}) =>
      post(name, 'states', { user, state: 'READY', ...more })
    expect(await state('lead', 'own')).toEqual([204, ''])
    expect(await state('lead', 'far')).toEqual([403, 'far is not in your teams'])
    expect(await state('lead', 'lead')).toEqual([403, 'change your own state on your desktop'])
    expect(await state('lead', 'nobody')).toEqual([404, 'there is no nobody any more'])
    expect(await state('own', 'own')).toEqual([403, 'own is not a supervisor or an administrator'])
    expect(await state('admin', 'own')).toEqual([403, 'an administrator may not do this'])
    expect(await state('lead', 'own', { reasonCodeId: '1' })).toEqual([400, expect.any(String)])
    expect(await state('lead', 'own', { state: 'WORK' })).toEqual([400, expect.any(String)])
    const message = (name: string, team: string, content = 'Hello') =>
      post(name, 'messages', { teams: [team], content, durationSeconds: 60 })
    expect(await message('lead', '1')).toEqual([204, ''])
    expect(await message('admin', '2')).toEqual([204, ''])
    expect(await message('lead', '2')).toEqual([403, '2 is not in your teams'])
    expect(await message('admin', '3')).toEqual([404, 'there is no 3 any more'])
    expect(await message('lead', '1', ' ')).toEqual([400, 'the message is empty'])
    expect(await message('lead', '1', 'x'.repeat(256))).toEqual([400, 'a message has at most 255 characters'])
    expect(['own', 'far'].map((user) => voiceState(stage, user))).toEqual(['READY', 'NOT_READY'])
    expect(stage.engine.teamMessages.ofTeam('2')).toMatchObject([{ createdBy: { id: 'admin' } }])
  })
})
