/** A server on a store in PostgreSQL. */
import { expect, it, onTestFinished } from 'vitest'
import { startServer } from '../../src/cli/server.ts'
import { postgresStore } from '../../src/store/index.ts'
import { clusterOfFile, describeWithPostgres } from './postgres.ts'

const AUTHORIZATION = `Basic ${btoa('1001:secret')}`

describeWithPostgres('a server on a store in PostgreSQL', () => {
  const cluster = clusterOfFile(0)

  const serve = async () => {
    const data = await postgresStore(cluster().url(), { acceptUnreplicated: true })
    const server = await startServer({ restPort: 0, httpBindPort: 'off', xmppPort: 'off', data })
    onTestFinished(() => server.close())
    const base = `http://127.0.0.1:${server.ports.rest}/finesse/api/User/1001`
    const ask = async (path: string, body?: string, more: Readonly<Record<string, string>> = {}) => {
      const headers = { authorization: AUTHORIZATION, 'content-type': 'application/xml', ...more }
      const response = await fetch(`${base}${path}`, { headers, ...(body ? { method: 'PUT', body } : {}) })
      return { status: response.status, text: await response.text() }
    }
    return { server, ask }
  }

  it('has after a restart the states that it confirmed before, and their history', async () => {
    const first = await serve()
    const signIn = await first.ask('', '<User><state>LOGIN</state><extension>1001</extension></User>')
    expect(signIn.status).toBe(202)
    const media =
      '<Media><state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction></Media>'
    expect((await first.ask('/Media/5001', media)).status).toBe(202)
    expect((await first.ask('/Media/5001', '<Media><state>READY</state></Media>')).status).toBe(202)
    const { text } = await first.ask('/Media/5001')
    expect(text).toContain('<state>READY</state>')
    const { lastPosition } = first.server.engine.history ?? {}
    expect(lastPosition).toBeGreaterThan(2)
    await first.server.close()

    const second = await serve()
    expect((await second.ask('/Media/5001')).text).toBe(text)
    expect((await second.ask('')).text).toContain('<extension>1001</extension>')
    expect(await second.server.engine.history?.row(1)).toMatchObject({ position: 1 })
    expect((await second.ask('/Media/5001', '<Media><state>LOGOUT</state></Media>')).status).toBe(202)
  })

  it('knows after a restart which commands were sent before: one that is sent again has no second row', async () => {
    const first = await serve()
    const away = '<User><state>NOT_READY</state></User>'
    const key = { requestId: 'sent-again' }
    expect((await first.ask('', away, key)).status).toBe(202)
    await first.server.close()
    const second = await serve()
    const before = second.server.engine.history?.lastPosition
    expect((await second.ask('', away, key)).status).toBe(202)
    expect(second.server.engine.history?.lastPosition).toBe(before)
    expect(second.server.engine.figures.repeatedCommands).toBe(1)
    expect((await second.ask('', away, { requestId: 'another' })).status).toBe(202)
    expect(second.server.engine.history?.lastPosition).toBeGreaterThan(before ?? 0)
  })
})
