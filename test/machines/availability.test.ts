/** The availability of an agent for the ACD: may the agent get a task (`media 4.5`)? */
import { expect, it } from 'vitest'
import { agent, asked, CHAT, MRD } from './agent.ts'

const NOBODY = { eligible: false, freeSlots: 0, since: 0 }

function ready() {
  const on = agent()
  on.signInToMedium()
  on.medium('READY')
  return { ...on, mine: (mrd = MRD) => on.availability()[mrd] }
}

it('an agent who becomes READY has all slots free, and waits since then', () => {
  const on = ready()
  expect(on.mine()).toEqual({ eligible: true, freeSlots: 2, since: on.now() })
  expect(on.mine(CHAT)).toEqual(NOBODY)
})

it('every open dialog takes a slot, and an agent without a free slot is not eligible', () => {
  const on = ready()
  const since = on.now()
  on.offer()
  expect(on.mine()).toEqual({ eligible: true, freeSlots: 1, since })
  on.offer()
  expect(on.mine()).toEqual(NOBODY)
  on.act(0, 'ACCEPT', 'CLOSE')
  expect(on.mine()).toEqual({ eligible: true, freeSlots: 1, since: on.now() })
})

it('an agent who is not routable gets no task, and waits since the change back to routable', () => {
  const on = ready()
  on.mode(false)
  expect(on.mine()).toEqual(NOBODY)
  on.mode(true)
  expect(on.mine()).toEqual({ eligible: true, freeSlots: 2, since: on.now() })
})

it.each<readonly [string, (on: ReturnType<typeof agent>) => unknown]>([
  ['is NOT_READY', (on) => on.medium('NOT_READY')],
  ['is signed out', (on) => on.medium('LOGOUT')],
  ['has lost the ACD link', (on) => on.tell({ type: 'LINK_LOST', side: 'A' })],
  ['has lost the path to the MRD', (on) => on.tell({ type: 'PATH_LOST' })],
])('an agent who %s gets no task', (_, happens) => {
  const on = ready()
  happens(on)
  expect(on.mine()).toEqual(NOBODY)
  expect(asked(on.offer())).toEqual(['refused'])
})

it('work in a medium that is not interruptible stops tasks in other media, but not in its own', () => {
  const on = ready()
  const chat = on.in(CHAT)
  chat.signInToMedium()
  chat.medium('READY')
  chat.offer()
  chat.act(0, 'ACCEPT', 'START')
  expect(on.mine()).toEqual(NOBODY)
  expect(on.mine(CHAT)).toMatchObject({ eligible: true, freeSlots: 1 })
})
