/** A call from ringing to its end: `notifications 15.4`. */
import { expect } from 'vitest'
import type { Client } from './client.ts'
import type { Stage } from './sequences.ts'
import type { Deployment } from './service.ts'

/** Agent 1001, signed in, READY or NOT_READY. All notifications are read. */
export async function signedIn(on: Deployment, state: 'READY' | 'NOT_READY'): Promise<Client> {
  const agent = await on.connect('1001')
  expect(await agent.putUser('<state>LOGIN</state><extension>1001</extension>')).toBe(202)
  expect(await agent.lines(1)).toEqual(['User/1001 PUT user NOT_READY'])
  if (state === 'NOT_READY') return agent
  expect(await agent.putUser('<state>READY</state>')).toBe(202)
  expect(await agent.lines(1)).toEqual(['User/1001 PUT user READY'])
  return agent
}

/** A call rings at extension 1001. Returns its id. */
export async function ring(on: Deployment): Promise<string> {
  const { id } = await on.acd('POST', '/calls', { from: '5550100', to: '1001' })
  return String(id)
}

const CALL = 'RESERVED and POST, ANSWER, TALKING, PUT and DELETE, the state from before'

export function callSequences({ start, holds }: Stage): void {
  for (const state of ['READY', 'NOT_READY'] as const)
    holds(`15.4 incoming call of an agent who is ${state}: ${CALL}`, async () => {
      const on = await start()
      const agent = await signedIn(on, state)
      const call = await ring(on)
      const ringing = state === 'READY' ? ['User/1001 PUT user RESERVED'] : []
      expect(await agent.lines(ringing.length + 1)).toEqual([...ringing, 'User/1001/Dialogs POST dialogs ALERTING'])
      expect(await agent.act(call, 'ANSWER')).toBe(202)
      const answered = await agent.lines(2)
      expect(answered).toContain('User/1001/Dialogs PUT dialog ACTIVE')
      expect(answered).toContain('User/1001 PUT user TALKING')
      await on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })
      // The caller's leg, then the agent's own, then the dialog.
      const ended = await agent.lines(4)
      const dialogs = ended.filter((line) => line.startsWith('User/1001/Dialogs'))
      expect(dialogs.map((line) => line.split(' ')[1])).toEqual(['PUT', 'PUT', 'DELETE'])
      expect(ended).toContain(`User/1001 PUT user ${state}`)
      await on.delivered()
      await agent.barrier()
      expect(agent.waiting).toEqual([])
      expect((await agent.me()).value('state')).toBe(state)
    })
}
