/** What lists of agents are made of: the states of all users at a moment, and the names of the directory. */
import { afterEach, expect, it } from 'vitest'
import type { ActorsFrame, Frame } from '../../src/inspect/protocol.ts'
import { isReady, type Served, served } from './stage.ts'
import { SECRETS, signIn } from './story.ts'

let on: Served
afterEach(() => on?.close())

async function states(query: string): Promise<readonly Frame[]> {
  const answer = await on.get(`/states${query}`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
  return (await answer.text())
    .trimEnd()
    .split('\n')
    .map((line): Frame => JSON.parse(line))
}

const isActors = (frame: Frame): frame is ActorsFrame => frame.type === '@mrdian.actors'
const stateOf = (frames: readonly Frame[], session: string) =>
  frames
    .filter(isActors)
    .flatMap(({ actors }) => actors)
    .find(({ sessionId }) => sessionId === session)?.snapshot

it('the states of a moment are those that all users had then, without contexts', async () => {
  on = await served()
  const before = on.clock.now()
  await signIn(on)
  const [then, now] = [await states(`?at=${before}`), await states('')]
  const users = (frames: readonly Frame[]) => frames.filter(isActors).map(({ aggregate }) => aggregate)
  expect(users(now)).toEqual([1001, 1002, 1003, 1004, 1005, 1006, 1234].map((id) => `user/${id}`))
  expect(users(then)).toEqual(users(now))
  expect(stateOf(then, 'user/1001/media:5001')).toEqual({ status: 'active', value: 'LOGOUT' })
  expect(stateOf(now, 'user/1001/media:5001')).toEqual({ status: 'active', value: { SIGNED_IN: 'READY' } })
  expect(now.at(-1)).toEqual({ type: '@mrdian.end', complete: true, frames: 7 })
})

it('before the first step nobody was there, and a time that is none is refused', async () => {
  on = await served()
  expect(await states('?at=1000')).toEqual([{ type: '@mrdian.end', complete: true, frames: 0 }])
  const refused = await on.get('/states?at=never')
  expect([refused.status, await refused.json()]).toEqual([
    400,
    { error: 'INVALID_PARAMETER', message: expect.any(String), about: 'at' },
  ])
})

it('names of users and media follow the greeting; without personal data only those of media', async () => {
  on = await served({ personal: true })
  const open = await on.view('?format=mrdian')
  await open.until(isReady)
  expect(open.frames[1]).toMatchObject({
    type: '@mrdian.names',
    users: { 1001: 'Ana Reyes', 1234: 'Chris Smith' },
    media: { 5001: 'Email', 5002: 'Chat', 5003: 'Social' },
  })
  await open.close()
  await on.close()
  on = await served()
  const hidden = await on.view('?format=mrdian')
  await hidden.until(isReady)
  expect(hidden.frames[1]).toMatchObject({ type: '@mrdian.names', users: {}, media: { 5001: 'Email' } })
  await hidden.close()
  const explained = await (await on.get('/explain/1001')).text()
  for (const name of SECRETS.names) expect(explained).not.toContain(name)
})
