/** A move to the other side, and the end of the grace period on the first: `notifications 15.12`, with 9.4 and 12.4. */
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { directoryWith, withSettings } from '../rows/stage.ts'
import type { Stage } from './sequences.ts'

const SECOND = 1000
const TEAM = '/finesse/api/Team/2001/Users'
const ON_TEAM = 'Team/2001/Users PUT user'

/** With `suppressed`, the former side does not sign the user out (`notifications 9.4`). */
const withSwitch = (suppressed: boolean) =>
  suppressed ? { directory: directoryWith(withSettings('suppressCrossSideForcedLogout: true')) } : {}

const MOVE = 'explicit subscriptions are not there, LOGIN keeps the state; the late forced logout of A'

export function moveSequences({ start, holds }: Stage): void {
  for (const [end, suppressed] of [
    ['hits the agent', false],
    ['does nothing, by suppressCrossSideForcedLogout', true],
  ] as const)
    holds(
      `15.12 move to side B: ${MOVE} ${end}`,
      async () => {
        const on = await start({ ...withSwitch(suppressed), twoSides: true })
        // Side B must know no subscriptions of this session from an earlier test.
        const desk = { resource: `move-${randomUUID()}` }
        const member = await on.connect('1001')
        const onA = await on.connect('1234', desk)
        expect(await onA.subscribe(TEAM)).toBe('subscribed')
        expect(await onA.putUser('<state>LOGIN</state><extension>1001001</extension>')).toBe(202)
        expect(await onA.putUser('<state>READY</state>')).toBe(202)
        expect(await member.putUser('<state>LOGIN</state><extension>1001</extension>')).toBe(202)
        expect(await onA.lines(3)).toEqual([
          'User/1234 PUT user NOT_READY',
          'User/1234 PUT user READY',
          `${ON_TEAM} NOT_READY`,
        ])

        onA.crash()
        await on.heard(onA.jid, false)
        const onB = await on.connect('1234', { ...desk, side: 'B' })
        expect(onB.jid).not.toBe(onA.jid)
        expect(await member.putUser('<state>READY</state>')).toBe(202)
        await on.delivered()
        await onB.barrier()
        expect(onB.waiting).toEqual([])
        expect(await onB.subscribe(TEAM)).toBe('subscribed')
        expect(await member.putUser('<state>NOT_READY</state>')).toBe(202)
        expect(await onB.lines(1)).toEqual([`${ON_TEAM} NOT_READY`])

        expect(await onB.putUser('<state>LOGIN</state><extension>1001001</extension>', 'again')).toBe(202)
        expect(await onB.lines(1)).toEqual(['User/1234 PUT user READY #again'])
        expect((await onB.me()).value('state')).toBe('READY')

        // In real time the steps before take some seconds, too.
        await on.advance(50 * SECOND)
        expect((await onB.me()).value('state')).toBe('READY')
        await on.advance(11 * SECOND)
        await on.delivered()
        await onB.barrier()
        expect(onB.waiting).toEqual(suppressed ? [] : ['User/1234 PUT user NOT_READY'])
        const { value } = await onB.me()
        expect([value('state'), value('reasonCode/code')]).toEqual(
          suppressed ? ['READY', undefined] : ['NOT_READY', '50002'],
        )

        // The subscriptions on A are kept for a return (5.3).
        const backOnA = await on.connect('1234', desk)
        expect(backOnA.jid).toBe(onA.jid)
        expect(await member.putUser('<state>READY</state>')).toBe(202)
        await backOnA.until(() => backOnA.waiting.includes(`${ON_TEAM} READY`), 'the news of the team')
      },
      'two-sides',
    )
}
