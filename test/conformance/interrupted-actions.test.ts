/** The values of an interrupted dialog during failures (`media 8`, 11.3), over real REST in virtual time. */
import { afterEach, describe, expect, it } from 'vitest'
import { type Site, site } from './server.ts'

const AGENT = '1001'
const [EMAIL, CHAT] = ['5001', '5002']
const ACTIONS = {
  ACTIVE: ['PAUSE', 'WRAP_UP', 'TRANSFER', 'CLOSE'],
  PAUSED: ['RESUME', 'WRAP_UP', 'TRANSFER', 'CLOSE'],
  WRAPPING_UP: ['PAUSE', 'RESUME', 'CLOSE'],
} as const
const WAYS = { ACTIVE: [], PAUSED: ['PAUSE'], WRAPPING_UP: ['WRAP_UP'] } as const

let on: Site
afterEach(() => on.close())

/** State and allowed actions of a dialog, and the whole document. */
async function dialog(id: string) {
  const { body } = await on.restOnly(AGENT).get(`Dialog/${id}`)
  const actions = [...body.matchAll(/<action>(\w+)<\/action>/g)].map(([, action]) => action)
  return { state: /<\/participants><state>(\w+)/.exec(body)?.[1], actions, body }
}

/** A task of the MRD that is started. */
async function started(mrd: string, scriptSelector: string): Promise<string> {
  const agent = on.restOnly(AGENT)
  const settings = '<maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>'
  await agent.media(mrd, `<state>LOGIN</state>${settings}`)
  await agent.media(mrd, '<state>READY</state>')
  await on.acd('POST', '/tasks', { scriptSelector, agentId: AGENT })
  const id = on.server.engine.get.dialogs(AGENT, 'nonvoice', mrd)?.[0]?.id ?? ''
  for (const action of ['ACCEPT', 'START']) await acts(id, action)
  return id
}

const acts = (id: string, action: string) => on.restOnly(AGENT).dialog(id, action)

const fault = (type: string, up: boolean, more: object = {}) => on.acd('POST', '/faults', { type, up, ...more })

describe.each(['ACTIVE', 'PAUSED', 'WRAPPING_UP'] as const)('a dialog that was %s when it was interrupted', (state) => {
  it('shows the actions from before during all failures, until it is published as UNKNOWN (P9, D14)', async () => {
    on = await site()
    const email = await started(EMAIL ?? '', 'email_support')
    for (const action of WAYS[state]) await acts(email, action)
    expect(await dialog(email)).toMatchObject({ state, actions: ACTIONS[state] })
    const chat = await started(CHAT ?? '', 'chat_sales')
    const interrupted = await dialog(email)
    expect(interrupted).toMatchObject({ state: 'INTERRUPTED', actions: ACTIONS[state] })

    for (const up of [false, true]) {
      await fault('acd-link', up)
      if (up) expect(await dialog(email)).toEqual(interrupted)
    }
    for (const up of [false, true, false]) {
      await fault('peripheral-gateway', up)
      expect(await dialog(email)).toEqual(interrupted)
    }
    await acts(chat, 'CLOSE')
    expect(await dialog(email)).toMatchObject({ state: 'UNKNOWN', actions: ['CLOSE'] })
  })
})
