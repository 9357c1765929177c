/** Erasure by the id of a call: whatever has dialled a number for it, no row keeps the number. */
import { expect, it } from 'vitest'
import type { Command } from '../../src/engine/commands.ts'
import { every } from '../store/rows.ts'
import { differences, kept, keptStore, type Stage, stage } from './stage.ts'

const [CALLER, NUMBER] = ['5550001', '5550002']
const user = '1001'
const own = { user, targetMediaAddress: user }

const newest = ({ engine }: Stage, of = user) => engine.get.dialogs(of, 'voice')?.at(-1)?.id ?? ''

async function say({ engine, clock }: Stage, ...commands: readonly Command[]): Promise<void> {
  for (const command of commands) {
    expect(await engine.command(command)).toMatchObject({ accepted: true })
    await clock.settle()
  }
}

/** Agent 1001 talks with a caller. Returns the call. */
async function talks(on: Stage): Promise<string> {
  const dialog = (await on.engine.acd?.submitCall({ from: CALLER, to: user }))?.id ?? ''
  await say(on, { type: 'call.act', ...own, dialog, action: 'ANSWER' })
  return dialog
}

const makes = (on: Stage) => say(on, { type: 'call.make', user, fromAddress: user, toAddress: NUMBER })

/** The ways to a number outside. Each returns the call that has the number. */
const WAYS: Readonly<Record<string, (on: Stage) => Promise<string>>> = {
  'a call that an agent makes': async (on) => {
    await makes(on)
    return newest(on)
  },
  'a call that is not answered': async (on) => {
    await on.engine.acd?.changeNetwork({ default: { outcome: 'no-answer' } })
    await makes(on)
    const call = newest(on)
    await on.clock.advance(60_000)
    return call
  },
  'a call to a number that is busy': async (on) => {
    await on.engine.acd?.changeNetwork({ default: { outcome: 'busy' } })
    await makes(on)
    return newest(on)
  },
  'a consult call': async (on) => {
    const dialog = await talks(on)
    await say(on, { type: 'call.consult', ...own, dialog, toAddress: NUMBER })
    return newest(on)
  },
  'a consult call that is joined': async (on) => {
    const dialog = await talks(on)
    await say(on, { type: 'call.consult', ...own, dialog, toAddress: NUMBER })
    await on.clock.advance(10_000)
    await say(on, { type: 'call.join', ...own, dialog, action: 'CONFERENCE' })
    return dialog
  },
  'a transfer at once': async (on) => {
    const dialog = await talks(on)
    await say(on, { type: 'call.transferTo', ...own, dialog, toAddress: NUMBER })
    return dialog
  },
  'a call of a campaign': async (on) => {
    await say(on, { type: 'user.setState', user, state: 'READY' })
    await on.engine.acd?.campaigns.create({
      id: 'c',
      mode: 'progressive',
      queue: '701',
      contacts: [{ number: NUMBER }],
    })
    await on.clock.advance(10_000)
    return newest(on)
  },
  'a preview of a campaign': async (on) => {
    await say(on, { type: 'user.setState', user, state: 'READY' })
    await on.engine.acd?.campaigns.create({ id: 'c', mode: 'preview', queue: '701', contacts: [{ number: NUMBER }] })
    await on.clock.settle()
    const reservation = newest(on)
    await say(on, { type: 'call.act', ...own, dialog: reservation, action: 'ACCEPT' })
    await on.clock.advance(10_000)
    return reservation
  },
}

it.each(Object.keys(WAYS))('%s', async (way) => {
  const on = await stage(keptStore())
  await say(on, { type: 'user.signIn', user, extension: user })
  const call = (await WAYS[way]?.(on)) ?? ''
  for (const { id } of on.engine.get.dialogs(user, 'voice') ?? [])
    await on.engine.command({ type: 'call.act', ...own, dialog: id, action: 'DROP' })
  for (const { id } of on.engine.acd?.calls() ?? []) await on.engine.acd?.hangUp(id).catch(() => undefined)
  await on.clock.advance(600_000)
  expect(on.engine.acd?.calls()).toEqual([])
  expect(await kept(on)).toContain(NUMBER)
  const { erasure } = await on.engine.erasures.erase({ calls: [call] })
  expect(erasure).toMatchObject({ state: 'done' })
  await on.clock.advance(3_600_000)
  const inputs = (await every(on.store.history?.all(0) ?? [])).map(
    ({ aggregate, input }) => `${aggregate} ${JSON.stringify(input)}`,
  )
  expect(inputs.filter((text) => text.includes(NUMBER))).toEqual([])
  expect(await kept(on)).not.toContain(NUMBER)
  expect(await differences(on)).toEqual([])
})
