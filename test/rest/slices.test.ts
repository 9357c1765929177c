/** A long answer is made in slices, so that other work can run in between. */
import { afterEach, expect, it, vi } from 'vitest'
import { inSlices } from '../../src/http/index.ts'
import { acdServer } from '../acd/server.ts'
import { userValue } from '../finesse/values.ts'
import { turns } from '../suite/turns.ts'
import { server } from './server.ts'

const NUMBERS = Array.from({ length: 250 }, (_, n) => n)
/** How many items are made in each turn of the event loop. */
const SLICES = [100, 100, 50]

afterEach(() => vi.restoreAllMocks())

it('many items are made in order, and other work runs between the slices', async () => {
  const order: number[] = []
  const { note, slices } = turns()
  const made = await inSlices(NUMBERS, (n) => {
    order.push(n)
    note()
    return 2 * n
  })
  expect(made).toEqual(NUMBERS.map((n) => 2 * n))
  expect(order).toEqual(NUMBERS)
  expect(slices()).toEqual(SLICES)
  expect(await inSlices([], () => 1)).toEqual([])
})

it('the list of all users is made in slices, with each user once', async () => {
  const on = await server()
  const ids = NUMBERS.map((n) => `${2000 + n}`)
  on.engine.users = ids.map((id) => userValue({ id }))
  const { note, slices } = turns()
  const { user } = on.engine.get
  vi.spyOn(on.engine.get, 'user').mockImplementation((id) => {
    note()
    return user(id)
  })
  const { body } = await on.ask('GET', '/Users', { as: 'admin:secret' })
  expect([...body.matchAll(/<uri>[^<]*User\/(\d+)<\/uri>/g)].map(([, id]) => id)).toEqual(ids)
  expect(slices()).toEqual(SLICES)
  await on.app.close()
})

it('a list of /acd is written in slices, with each entry once', async () => {
  const on = await acdServer()
  const ids: string[] = []
  for (const _ of NUMBERS) {
    const task = await on.engine.acd?.submitTask({ mrd: '5001', scriptSelector: 'email_support' })
    ids.push(task?.id ?? '')
  }
  const { note, slices } = turns()
  const { stringify } = JSON
  vi.spyOn(JSON, 'stringify').mockImplementation((value: unknown) => {
    if (typeof value === 'object' && value !== null && 'queuedAt' in value) note()
    return stringify(value)
  })
  const { json } = await on.ask('GET', '/tasks')
  expect(json).toEqual(ids.map((id) => expect.objectContaining({ id })))
  expect(slices()).toEqual(SLICES)
  await on.close()
})
