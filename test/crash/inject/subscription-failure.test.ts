/** Subscriptions while the store refuses changes. */
import { expect, it } from 'vitest'
import type { RecordStore } from '../../../src/engine/ports.ts'
import { memoryStore } from '../../../src/store/index.ts'
import { online } from '../../xmpp/support/raw-client.ts'
import { FakeEngine, publish, world } from '../../xmpp/support/world.ts'

const TEAM = '/finesse/api/Team/2001/Users'

it('on a full disk, subscribe and unsubscribe get an error and change nothing, and the session goes on', async () => {
  const { records } = memoryStore()
  let isFull = true
  const change = (run: () => void) => {
    if (isFull) throw new Error('database or disk is full')
    run()
  }
  const failing: RecordStore = {
    list: (collection) => records.list(collection),
    put: (...given) => change(() => records.put(...given)),
    delete: (...given) => change(() => records.delete(...given)),
  }
  const engine = new FakeEngine(failing)
  const { service, port } = await world({}, engine)
  const client = await online(port, '1234', 'one')
  const ask = async (what: 'subscribe' | 'unsubscribe', id: string) => {
    client.send(
      `<iq type='set' to='pubsub.localhost' id='${id}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>` +
        `<${what} node='${TEAM}' jid='1234@localhost/one'/></pubsub></iq>`,
    )
    return client.until(new RegExp(`<iq [^>]*id="${id}"[^>]*>(?:.*?</iq>)?`, 's'))
  }
  expect(await ask('subscribe', 's1')).toContain('type="error"')
  isFull = false
  expect(await ask('subscribe', 's2')).toContain('type="result"')
  isFull = true
  expect(await ask('unsubscribe', 's3')).toContain('type="error"')
  // The unsubscribe failed, so the subscription still exists.
  await publish(engine, TEAM, '<Update>still here</Update>')
  await client.until('still here')
  isFull = false
  expect(await ask('unsubscribe', 's4')).toContain('type="result"')
  client.socket.destroy()
  await service.close()
})
