/** The disk is full or fails for a while: what clients see, and that service returns without a restart. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Store } from '../../../src/engine/ports.ts'
import { memoryStore } from '../../../src/store/index.ts'
import { type Site, site } from '../../conformance/server.ts'
import { every } from '../../store/rows.ts'
import { PATIENCE } from '../../suite/patience.ts'

/** A store that refuses every change while `fault` is set. */
interface Disk {
  readonly store: Store
  /** The error of every change; `undefined` while the disk works. */
  fault: string | undefined
}

function disk(): Disk {
  const inner = memoryStore({ id: 'disk', keep: 'history' })
  const change = <T>(run: () => T): T => {
    if (own.fault !== undefined) throw new Error(own.fault)
    return run()
  }
  const own: Disk = {
    fault: undefined,
    store: {
      id: inner.id,
      history: inner.history,
      load: () => inner.load(),
      commit: (batch) => change(() => inner.commit(batch)),
      records: {
        list: (collection) => inner.records.list(collection),
        put: (...given) => change(() => inner.records.put(...given)),
        delete: (...given) => change(() => inner.records.delete(...given)),
      },
      compact: (before) => change(() => inner.compact(before)),
      rewrite: (...given) => change(() => inner.rewrite(...given)),
      clear: () => change(() => inner.clear()),
      close: () => inner.close(),
    },
  }
  return own
}

let open: Site | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

async function opened(): Promise<{ readonly on: Site; readonly own: Disk }> {
  const own = disk()
  open = await site({ data: own.store })
  return { on: open, own }
}

async function health(on: Site): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const response = await fetch(`${on.at.rest}/health`)
  const body: Record<string, unknown> = JSON.parse(await response.text())
  return { status: response.status, body }
}

/** Repairs the disk and waits until the server has tried again, which is within two seconds. */
const heal = async (on: Site, own: Disk) => {
  own.fault = undefined
  await on.clock.advance(2000)
}

describe.each(['database or disk is full', 'disk I/O error'])('%s', (fault) => {
  it('commands get 503, /health says why, no change is made, and service returns without a restart', async () => {
    const { on, own } = await opened()
    const agent = await on.client('1001')
    await agent.putUser('<state>LOGIN</state><extension>1001</extension>')
    await agent.next(1)
    own.fault = fault
    // The first command fails on the disk. The second one is refused because the engine is out of service.
    for (const _ of ['first', 'second'])
      expect((await agent.put('User/1001', '<User><state>READY</state></User>')).status).toBe(503)
    expect((await on.acd('POST', '/tasks', { scriptSelector: 'email_support' })).status).toBe(503)
    expect((await on.acd('GET', '/tasks')).body).toEqual([])
    expect(await health(on)).toMatchObject({
      status: 503,
      body: { status: 'OUT_OF_SERVICE', reason: expect.stringContaining(fault) },
    })
    expect((await agent.get('SystemInfo')).value('status')).toBe('OUT_OF_SERVICE')
    expect(on.server.engine.get.user('1001')?.state).toBe('NOT_READY')
    expect(agent.rest).toEqual([])

    await heal(on, own)
    expect(await health(on)).toMatchObject({ status: 200, body: { status: 'IN_SERVICE' } })
    expect((await agent.get('User/1001')).value('state')).toBe('NOT_READY')
    await agent.putUser('<state>READY</state>')
    expect(await agent.next(1)).toEqual(['User/1001 PUT user READY'])
  })

  it('reads get 503 as well, except SystemInfo (`user 1.8`)', async () => {
    const { on, own } = await opened()
    const agent = await on.client('1001')
    await agent.putUser('<state>LOGIN</state><extension>1001</extension>')
    own.fault = fault
    expect((await agent.put('User/1001', '<User><state>READY</state></User>')).status).toBe(503)
    expect((await agent.get('User/1001')).status).toBe(503)
    expect((await agent.get('SystemInfo')).status).toBe(200)
    await heal(on, own)
    const read = await agent.get('User/1001')
    expect(read.status).toBe(200)
    expect(read.value('state')).toBe('NOT_READY')
  })

  it('an agent who disconnects meanwhile is signed out after the grace period, as with a good disk', async () => {
    const states = async (isFaulty: boolean) => {
      const { on, own } = await opened()
      const agent = await on.client('1001')
      await agent.putUser('<state>LOGIN</state><extension>1001</extension>')
      await agent.putUser('<state>READY</state>')
      const at = on.server.engine.history?.lastPosition
      if (isFaulty) own.fault = fault
      const told = vi.spyOn(on.server.engine.adapters, 'presence')
      await agent.disconnect()
      await vi.waitFor(() => expect(told).toHaveBeenCalledWith(expect.objectContaining({ available: false })), PATIENCE)
      await on.clock.advance(5000)
      if (isFaulty) expect(on.server.engine.history?.lastPosition).toBe(at)
      await heal(on, own)
      const present = on.server.engine.get.user('1001')
      await on.clock.advance(61_000)
      const later = on.server.engine.get.user('1001')
      await on.close()
      open = undefined
      return [present?.state, later?.state, later?.reason?.code]
    }
    const faulty = await states(true)
    expect(faulty).toEqual(await states(false))
    expect(faulty[0]).toBe('READY')
    expect(faulty[1]).not.toBe('READY')
  })

  it('the presence of an agent who connects meanwhile is known afterwards', async () => {
    const { on, own } = await opened()
    own.fault = fault
    const agent = await on.client('1001')
    await on.clock.advance(5000)
    await heal(on, own)
    await agent.putUser('<state>LOGIN</state><extension>1001</extension>')
    expect(await agent.next(1)).toEqual(['User/1001 PUT user NOT_READY'])
    await agent.disconnect()
    // A grace period ends here only if the presence was known.
    await on.clock.advance(61_000)
    expect((await on.restOnly('1001').get('User/1001')).body).toContain('<state>NOT_READY</state>')
  })

  it('a deadline that passes meanwhile fires when the disk works again, and has its own time', async () => {
    const { on, own } = await opened()
    const agent = await on.client('1001')
    await agent.media(
      '5002',
      '<state>LOGIN</state><maxDialogLimit>1</maxDialogLimit><interruptAction>IGNORE</interruptAction>',
    )
    await agent.media('5002', '<state>READY</state>')
    await on.acd('POST', '/tasks', { scriptSelector: 'chat_sales' })
    await agent.until(() => agent.rest.some((line) => line.includes('OFFERED')), 'the offer')
    const due = on.clock.now() + 30_000
    own.fault = fault
    await on.clock.advance(45_000)
    expect(on.server.engine.get.dialogs('1001', 'nonvoice')).toMatchObject([{ state: 'OFFERED' }])
    await heal(on, own)
    expect(on.server.engine.get.dialogs('1001', 'nonvoice')).not.toMatchObject([{ startTime: due - 30_000 }])
    await agent.until(() => agent.rest.some((line) => line.includes('DELETE')), 'the end of the offer')
    const rows = await every(on.server.engine.history?.rows('user/1001', 0) ?? [])
    const timeouts = rows.filter(({ input }) => JSON.stringify(input).includes('START_TIMEOUT'))
    expect(timeouts[0]?.at).toBe(due)
  })
})
