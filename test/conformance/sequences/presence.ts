/** Connect, disconnect and the grace period: `notifications 15.6`, 15.7, 15.8, 15.10, with the table of 9.2. */
import { expect } from 'vitest'
import { directoryWith, withSettings } from '../rows/stage.ts'
import { ring, signedIn } from './calls.ts'
import type { Stage } from './sequences.ts'
import type { Deployment } from './service.ts'

const SECOND = 1000

/** With this LOAD (`notifications 9.2`). */
const withLoad = (load: 0 | 1) =>
  load === 0 ? {} : { directory: directoryWith(withSettings('logoutOnAgentDisconnect: 1')) }

/** State and reason of agent 1001, by GET of the agent. */
async function shown(on: Deployment): Promise<readonly (string | undefined)[]> {
  const { value } = await on.restOnly('1001').me()
  return [value('state'), value('reasonCode/code')]
}

export function presenceSequences({ start, holds }: Stage): void {
  holds(
    '15.6 browser refresh: unavailable, 20 s, available: no state change, nothing is published (9.1, P1)',
    async () => {
      const on = await start()
      const agent = await signedIn(on, 'READY')
      await agent.disappear()
      await on.heard(agent.jid, false)
      await on.advance(20 * SECOND)
      await agent.appear()
      await on.heard(agent.jid, true)
      await on.advance(300 * SECOND)
      await on.delivered()
      await agent.barrier()
      expect(agent.waiting).toEqual([])
      expect(await shown(on)).toEqual(['READY', undefined])
    },
  )

  for (const [load, end] of [
    [0, ['NOT_READY', '50002']],
    [1, ['LOGOUT', '50002']],
  ] as const)
    holds(`15.7 crash: a connection reset, and forced sign-out after 60 s with LOAD ${load} (9.2)`, async () => {
      const on = await start(withLoad(load))
      const agent = await signedIn(on, 'READY')
      agent.crash()
      await on.heard(agent.jid, false)
      await on.advance(59 * SECOND)
      expect(await shown(on)).toEqual(['READY', undefined])
      await on.advance(SECOND)
      expect(await shown(on)).toEqual(end)
    })

  for (const [load, meanwhile, end] of [
    [0, ['TALKING', undefined], ['NOT_READY', '50002']],
    [1, ['LOGOUT', '50002'], ['LOGOUT', '50002']],
  ] as const)
    holds(`15.7 crash on a call: with LOAD ${load} after the call, or at once (9.2)`, async () => {
      const on = await start(withLoad(load))
      const agent = await signedIn(on, 'READY')
      const call = await ring(on)
      expect(await agent.act(call, 'ANSWER')).toBe(202)
      agent.crash()
      await on.heard(agent.jid, false)
      await on.advance(61 * SECOND)
      expect(await shown(on)).toEqual(meanwhile)
      await on.acd('POST', `/calls/${call}`, { action: 'HANGUP' })
      expect(await shown(on)).toEqual(end)
    })

  holds('15.7 with two sessions only the loss of the last one counts (9.1)', async () => {
    const on = await start()
    const first = await signedIn(on, 'READY')
    const second = await on.connect('1001', { resource: 'other' })
    first.crash()
    await on.heard(first.jid, false)
    await on.advance(120 * SECOND)
    expect(await shown(on)).toEqual(['READY', undefined])
    second.crash()
    await on.heard(second.jid, false)
    await on.advance(61 * SECOND)
    expect(await shown(on)).toEqual(['NOT_READY', '50002'])
  })

  // An external server uses real time, and would need two minutes.
  for (const [load, end] of [
    [0, ['NOT_READY', '50002']],
    [1, ['LOGOUT', '50002']],
  ] as const)
    holds(
      `15.8 silent death: detected after 120 s without any traffic, signed out after 180 s, with LOAD ${load} (9.1, 10)`,
      async () => {
        const on = await start({ ...withLoad(load), virtualSockets: true })
        const agent = await signedIn(on, 'READY')
        agent.freeze()
        await on.advance(119 * SECOND)
        expect(on.isPresent(agent.jid)).toBe(true)
        await on.advance(SECOND)
        await on.heard(agent.jid, false)
        await on.advance(59 * SECOND)
        expect(await shown(on)).toEqual(['READY', undefined])
        await on.advance(SECOND)
        expect(await shown(on)).toEqual(end)
      },
      'virtual-sockets',
    )

  holds(
    '15.10 conflict: a second bind of the same full JID ends the first stream, and changes no state (9.5)',
    async () => {
      const on = await start()
      const first = await signedIn(on, 'READY')
      const second = await on.connect('1001')
      expect(second.jid).toBe(first.jid)
      expect(await first.streamError()).toBe('conflict')
      // The end of the first session may be reported after the presence of the second one. When the second one has
      // connected again, it was reported.
      await second.disappear()
      await on.heard(second.jid, false)
      await second.appear()
      await on.heard(second.jid, true)
      await on.advance(120 * SECOND)
      expect(await shown(on)).toEqual(['READY', undefined])
      await on.delivered()
      await second.barrier()
      expect(second.waiting).toEqual([])
    },
  )
}
