/** Loss of the ACD link, and a restart of the notification service: `notifications 15.9`, 15.11. */
import { expect } from 'vitest'
import { OUTAGE } from '../finesse-client.ts'
import { signedIn } from './calls.ts'
import type { Stage } from './sequences.ts'

const CHAT_LOGIN = '<state>LOGIN</state><maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>'

export function outageSequences({ start, holds }: Stage): void {
  holds(
    '15.9 CTI outage: SystemInfo OUT_OF_SERVICE, REST 503, IN_SERVICE, everything is published again (12.3)',
    async () => {
      const on = await start()
      const supervisor = await on.connect('1234')
      expect(await supervisor.subscribe('/finesse/api/Team/2001/Users')).toBe('subscribed')
      const agent = await signedIn(on, 'READY')
      await supervisor.lines(2)
      expect(await agent.putMedia('5002', CHAT_LOGIN)).toBe(202)
      expect(await agent.lines(1)).toEqual(['User/1001/Media PUT Media NOT_READY'])
      await on.acd('POST', '/faults', { type: 'acd-link', up: false })
      expect((await agent.me()).status).toBe(503)
      expect((await agent.rest('GET', 'SystemInfo')).value('status')).toBe('OUT_OF_SERVICE')
      await on.acd('POST', '/faults', { type: 'acd-link', up: true })
      // The medium changed its state at the outage. That is published only at the return.
      expect(await agent.lines(5)).toEqual([
        ...OUTAGE,
        'User/1001/Media PUT Media WORK_NOT_READY',
        'User/1001 PUT user READY',
        'User/1001/Media PUT Media NOT_READY',
      ])
      expect((await agent.me()).value('state')).toBe('READY')
      // Explicit subscriptions are kept (5.3, 12.4).
      expect(await agent.putUser('<state>NOT_READY</state>')).toBe(202)
      expect(await supervisor.lines(4)).toEqual([
        ...OUTAGE,
        'Team/2001/Users PUT user READY',
        'Team/2001/Users PUT user NOT_READY',
      ])
    },
  )

  holds(
    '15.11 restart of the notification service: explicit subscriptions deliver without a new subscribe (5.3)',
    async () => {
      const on = await start()
      const supervisor = await on.connect('1234')
      expect(await supervisor.subscribe('/finesse/api/Team/2001/Users')).toBe('subscribed')
      await on.restartNotificationService('in order')
      await supervisor.ended()
      const again = await on.connect('1234')
      await signedIn(on, 'NOT_READY')
      expect(await again.lines(1)).toEqual(['Team/2001/Users PUT user NOT_READY'])
    },
  )
}
