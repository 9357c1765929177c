/** Sign-in, refused sign-in, a supervisor's team: `notifications 15.1`, 15.2, 15.3, 15.5. */
import { expect } from 'vitest'
import type { Stage } from './sequences.ts'

const LOGIN = '<state>LOGIN</state><extension>1001</extension>'

export function signInSequences({ start, holds }: Stage): void {
  holds(
    '15.1 sign-in: SystemInfo, presence, beacon, LOGIN, 202, User notification NOT_READY with reasonCodeId -1',
    async () => {
      const on = await start()
      const system = await (await fetch(`${on.restUrl}/finesse/api/SystemInfo`)).text()
      expect(system).toContain('<status>IN_SERVICE</status>')
      expect(system).toContain(`<xmppDomain>${on.domain}</xmppDomain>`)
      const agent = await on.connect('1001')
      expect(agent.beacons).toEqual(['available'])
      expect(await agent.putUser(LOGIN, 'login-1')).toBe(202)
      const user = await agent.next()
      expect(user).toMatchObject({ node: '/finesse/api/User/1001', event: 'PUT', kind: 'user', requestId: 'login-1' })
      expect(user.source).toBe('/finesse/api/User/1001')
      expect(user.to.split('/')[0]).toBe(`1001@${on.domain}`)
      expect([user.value('state'), user.value('reasonCodeId')]).toEqual(['NOT_READY', '-1'])
      await on.delivered()
      await agent.barrier()
      expect(agent.waiting).toEqual([])
    },
  )

  holds(
    '15.2 sign-in before presence: the User notification comes behind the beacon',
    async () => {
      const on = await start()
      const agent = await on.connect('1001', { presence: false })
      expect(await agent.putUser(LOGIN)).toBe(202)
      await on.delivered()
      await agent.barrier()
      expect(agent.waiting).toEqual([])
      await agent.appear()
      expect(await agent.lines(1)).toEqual(['User/1001 PUT user NOT_READY'])
    },
    'holds-before-presence',
  )

  holds(
    '15.3 refused state: READY while signed out is answered 202, and an error notification with event put follows',
    async () => {
      const on = await start()
      const agent = await on.connect('1001')
      expect(await agent.putUser('<state>READY</state>', 'ready-1')).toBe(202)
      const error = await agent.next()
      // Lower case, so that no library treats it as a change of state (`notifications 7.3`).
      expect(error).toMatchObject({ node: '/finesse/api/User/1001', event: 'put', kind: 'apiErrors' })
      expect(error.requestId).toBe('ready-1')
      expect([error.value('errorType'), error.value('errorData')]).toEqual(['Invalid State', '22'])
      expect((await agent.me()).value('state')).toBe('LOGOUT')
      await on.delivered()
      await agent.barrier()
      expect(agent.waiting).toEqual([])
    },
  )

  holds(
    '15.5 supervisor: a summary on the team node, the full user on the member’s own node, two stanzas',
    async () => {
      const on = await start()
      const agent = await on.connect('1001')
      const supervisor = await on.connect('1234')
      expect(await supervisor.subscribe('/finesse/api/Team/2001/Users')).toBe('subscribed')
      expect(await agent.putUser(LOGIN, 'login-5')).toBe(202)
      const summary = await supervisor.next()
      expect(summary).toMatchObject({ node: '/finesse/api/Team/2001/Users', event: 'PUT', kind: 'user', requestId: '' })
      expect(summary.source).toBe('/finesse/api/User/1001')
      expect(summary.to).toBe(supervisor.jid)
      expect([summary.value('loginId'), summary.value('state')]).toEqual(['1001', 'NOT_READY'])
      expect([summary.value('loginName'), summary.value('roles'), summary.value('teamId')]).toEqual([
        undefined,
        undefined,
        undefined,
      ])
      const full = await agent.next()
      expect(full).toMatchObject({ node: '/finesse/api/User/1001', requestId: 'login-5' })
      expect([full.value('loginName'), full.value('teamName')]).toEqual(['areyes', 'First Line Support'])
      await on.delivered()
      await Promise.all([agent.barrier(), supervisor.barrier()])
      expect([agent.waiting, supervisor.waiting]).toEqual([[], []])
    },
  )
}
