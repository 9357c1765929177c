/** A crash after an agent has signed out whose client is still connected. */
import { expect, it } from 'vitest'
import { loadDirectory } from '../../../src/directory/index.ts'
import { memoryStore } from '../../../src/store/index.ts'
import { virtualClock } from '../../../src/testing/virtual-clock.ts'
import { Life, type Sent } from './life.ts'

it('the notification of the sign-out waits until the client has reconnected', async () => {
  const loaded = await loadDirectory()
  const clock = virtualClock()
  const sent: Sent[] = []
  const store = memoryStore({ id: 'crash' })
  const common = { loaded, clock, external: false, sent }
  const first = new Life({ ...common, number: 1, store, cut: { act: 'send', number: 5, when: 'before' } })
  await first.start()
  await first.act(({ engine }) => engine.adapters.notificationService('A', true))
  await first.act(({ engine }) =>
    engine.adapters.presence({ user: '1001', side: 'A', session: '1001@localhost/one', available: true }),
  )
  await first.act(({ engine }) => engine.command({ type: 'user.signIn', user: '1001', extension: '1001' }))
  await first.act(({ engine }) => engine.command({ type: 'user.setState', user: '1001', state: 'LOGOUT' }))
  first.die()
  const second = new Life({ ...common, number: 2, store: store.reopen(), cut: undefined })
  await second.start()
  await second.act(({ engine }) => engine.adapters.notificationService('A', true))
  const early = sent.flatMap((each) =>
    each.life === 2 && 'publication' in each ? [each.publication.notification.node] : [],
  )
  expect(early).not.toContain('/finesse/api/User/1001')
})
