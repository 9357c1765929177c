/**
 * A standby passes requests on to the owner of the store.
 *
 * Slow, 40 s: it starts PostgreSQL, and two servers for each test. More in `npm run test:whole`.
 */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { get, request as requestHttp } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { selfSignedCertificate } from '../../src/tls/index.ts'
import { temporaryDirectory } from '../store/directories.ts'
import { clusterOfFile, describeWithPostgres } from '../store/postgres.ts'
import { isWhole } from '../suite/extent.ts'
import { freePorts } from '../suite/free-ports.ts'
import { PATIENCE } from '../suite/patience.ts'
import { inPlaceOfOwner, knowsOwner, newDatabase, startOwner, startStandby } from './pair.ts'

const basic = (user: string) => `Basic ${btoa(`${user}:secret`)}`
const XML = { authorization: basic('1001'), 'content-type': 'application/xml' }
const SIGN_IN = '<User><state>LOGIN</state><extension>1001</extension></User>'
const MEDIA =
  '<Media><state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>ACCEPT</interruptAction></Media>'
const READY = '<Media><state>READY</state></Media>'

describeWithPostgres('a standby', () => {
  const cluster = clusterOfFile(0)

  const pair = async (options = {}) => {
    const data = await newDatabase(cluster())
    const owner = await startOwner(data, options)
    const standby = await startStandby(data, options)
    await knowsOwner(standby)
    const ask = async (path: string, body?: string) => {
      const answer = await fetch(`${standby.base}/finesse/api/${path}`, {
        headers: XML,
        ...(body === undefined ? {} : { method: 'PUT', body }),
      })
      return { status: answer.status, text: await answer.text() }
    }
    return { data, owner, standby, ownerBase: `http://127.0.0.1:${owner.ports.rest}`, ask }
  }

  it('serves an agent: what was answered with 202 is there in the next read', async () => {
    const { standby, ask } = await pair()
    expect(await ask('User/1001', SIGN_IN)).toMatchObject({ status: 202 })
    expect((await ask('User/1001')).text).toContain('<state>NOT_READY</state>')
    expect(await ask('User/1001/Media/5001', MEDIA)).toMatchObject({ status: 202 })
    expect(await ask('User/1001/Media/5001', READY)).toMatchObject({ status: 202 })
    expect((await ask('User/1001/Media/5001')).text).toContain('<state>READY</state>')
    const submitted = await fetch(`${standby.base}/acd/tasks`, {
      method: 'POST',
      headers: { authorization: basic('admin'), 'content-type': 'application/json' },
      body: JSON.stringify({ scriptSelector: 'email_support', agentId: '1001' }),
    })
    const { id } = z.looseObject({ id: z.string() }).parse(await submitted.json())
    const task = await fetch(`${standby.base}/acd/tasks/${id}`, { headers: { authorization: basic('admin') } })
    const { dialogId } = z.looseObject({ dialogId: z.string() }).parse(await task.json())
    const action = (name: string) =>
      ask(`Dialog/${dialogId}`, `<Dialog><requestedAction>${name}</requestedAction></Dialog>`)
    expect(await action('ACCEPT')).toMatchObject({ status: 202 })
    expect((await ask(`Dialog/${dialogId}`)).text).toContain('<state>ACCEPTED</state>')
    expect(await action('START')).toMatchObject({ status: 202 })
    expect((await ask(`Dialog/${dialogId}`)).text).toContain('<state>ACTIVE</state>')
  })

  it('has its own health, which says whom it waits for and where that one is', async () => {
    const { standby, ownerBase } = await pair()
    const answer = await fetch(`${standby.base}/health`)
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 503,
      body: {
        status: 'OUT_OF_SERVICE',
        reason: expect.stringMatching(/^The server is a standby of .* \(process \d+\)$/),
        standbyOf: expect.stringMatching(new RegExp(` \\(process ${process.pid}\\)$`)),
        owner: ownerBase,
        behind: expect.toSatisfy((rows) => rows === null || rows >= 0),
        version: expect.any(String),
      },
    })
    expect(await (await fetch(`${standby.base}/metrics`)).text()).toContain('mrdian_standby 1')
  })

  it.runIf(isWhole)('is refused at its start when another one has its port', async () => {
    const data = await newDatabase(cluster())
    const owner = await startOwner(data)
    const restPort = owner.ports.rest ?? 0
    await expect(startStandby(data, { restPort })).rejects.toThrow(
      `REST: port ${restPort} on 127.0.0.1 is taken; use another one: --rest-port PORT (0 takes a free one, off none)`,
    )
  })

  describe('without an answer of the owner', () => {
    /** A standby whose owner says that it is at this port. */
    const standbyOf = async (port: number, options = {}) => {
      const data = await newDatabase(cluster())
      await startOwner(data, { advertise: `http://127.0.0.1:${port}` })
      const standby = await startStandby(data, options)
      await knowsOwner(standby)
      return standby
    }

    /** A server in place of the owner. Returns its port. `asked`: what a connection has sent so far. */
    const inPlace = async (serve: (socket: Socket, asked: string) => unknown) => {
      const requests: string[] = []
      const port = await inPlaceOfOwner((socket) => {
        let asked = ''
        socket.setEncoding('latin1').on('data', (more: string) => {
          if (asked === '') requests.push(more.split('\r\n', 1)[0] ?? '')
          asked += more
          serve(socket, asked)
        })
      })
      return { port, requests }
    }

    const seen = async (answer: Response) => ({
      status: answer.status,
      type: answer.headers.get('content-type'),
      retryAfter: answer.headers.get('retry-after'),
      outcome: answer.headers.get('mrdian-outcome'),
      body: await answer.text(),
    })
    const put = (base: string) =>
      fetch(`${base}/finesse/api/User/1001`, { method: 'PUT', headers: XML, body: SIGN_IN }).then(seen)
    const post = (base: string) => fetch(`${base}/acd/tasks`, { method: 'POST', body: '{}' }).then(seen)
    const outOfService = {
      status: 503,
      type: 'application/xml;charset=UTF-8',
      retryAfter: '1',
      outcome: null,
      body: expect.stringContaining('<ErrorMessage>SERVER_OUT_OF_SERVICE</ErrorMessage>'),
    }
    const unavailable = (text: string) => ({
      status: 503,
      type: 'application/json; charset=utf-8',
      retryAfter: '1',
      outcome: null,
      body: expect.stringMatching(
        new RegExp(`"error":"UNAVAILABLE","message":"The server is a standby of [^"]* \\(process \\d+\\); ${text}"`),
      ),
    })

    it.runIf(isWhole)('answers 503 in the format of the API while nobody is at the address', async () => {
      const [nobody = 0] = await freePorts(1)
      const { base, line } = await standbyOf(nobody)
      expect(await put(base)).toEqual(outOfService)
      expect(await post(base)).toEqual(unavailable('that server does not answer'))
      expect(JSON.parse(await line('the other server is not reached'))).toMatchObject({
        problem: `connect ECONNREFUSED 127.0.0.1:${nobody}`,
      })
    })

    it.runIf(isWhole)('answers 503 while the owner does not say where it is, as one of an older version', async () => {
      const data = await newDatabase(cluster())
      await startOwner(data, { restPort: 'off' })
      const { base } = await startStandby(data)
      expect(await put(base)).toEqual(outOfService)
      expect(await post(base)).toEqual(unavailable('it is not known where requests can be sent to'))
    })

    it.runIf(isWhole)(
      'says that the outcome of a command is unknown when the connection broke, and does not repeat it',
      async () => {
        const { port, requests } = await inPlace((socket, asked) => {
          const isWhole = asked.startsWith('GET') || asked.endsWith(SIGN_IN) || asked.endsWith('{}')
          if (isWhole) socket.destroy()
        })
        const { base } = await standbyOf(port)
        expect(await put(base)).toEqual({ ...outOfService, outcome: 'unknown' })
        const text =
          'the connection broke after the request was sent: nobody knows whether it was done, so look before you repeat it'
        expect(await post(base)).toEqual({ ...unavailable(text), outcome: 'unknown' })
        expect(await fetch(`${base}/finesse/api/User/1001`, { headers: XML }).then(seen)).toEqual(outOfService)
        expect(requests).toEqual([
          'PUT /finesse/api/User/1001 HTTP/1.1',
          'POST /acd/tasks HTTP/1.1',
          'GET /finesse/api/User/1001 HTTP/1.1',
        ])
      },
    )

    it('does not take a command for one of unknown outcome that the owner has not got as a whole', async () => {
      const { port } = await inPlace((socket) => socket.destroy())
      const { base } = await standbyOf(port)
      const { hostname, port: at } = new URL(base)
      const headers = { ...XML, 'content-length': SIGN_IN.length }
      const request = requestHttp({ hostname, port: at, method: 'PUT', path: '/finesse/api/User/1001', headers })
      request.write(SIGN_IN.slice(0, 5))
      const [answer] = await once(request, 'response')
      request.end(SIGN_IN.slice(5))
      expect({ status: answer.statusCode, outcome: answer.headers['mrdian-outcome'] }).toEqual({ status: 503 })
    })

    it.runIf(isWhole)(
      'ends what waits for an owner that hangs when it takes over, and does not repeat it',
      async () => {
        const asked = Promise.withResolvers<void>()
        const { port, requests } = await inPlace((_socket, text) => text.endsWith(SIGN_IN) && asked.resolve())
        const data = await newDatabase(cluster())
        const owner = await startOwner(data, { advertise: `http://127.0.0.1:${port}` })
        const standby = await startStandby(data)
        await knowsOwner(standby)
        const answer = put(standby.base)
        await asked.promise
        await owner.close()
        expect(await answer).toEqual({ ...outOfService, outcome: 'unknown' })
        expect(requests).toEqual(['PUT /finesse/api/User/1001 HTTP/1.1'])
        const server = await standby.started
        expect(server.engine.get.user('1001')?.state).toBe('LOGOUT')
      },
    )

    it.runIf(isWhole)('breaks off an answer that the owner broke off', async () => {
      const begun = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'
      const { port } = await inPlace((socket, asked) => {
        if (asked.startsWith('GET /known')) socket.end(`${begun}Content-Length: 1000\r\n\r\nhalf`)
        else socket.end(`${begun}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`)
      })
      const { base, baseTls } = await standbyOf(port, { tls: 'self-signed' })
      const client = connectHttp2(baseTls, { rejectUnauthorized: false })
      onTestFinished(() => client.destroy())
      for (const path of ['known', 'chunked']) {
        await expect(fetch(`${base}/${path}`).then((answer) => answer.text())).rejects.toThrow()
        const stream = client.request({ ':path': `/${path}` })
        const failed = once(stream, 'error')
        stream.resume()
        expect(await failed).toMatchObject([{ code: 'ERR_HTTP2_STREAM_ERROR' }])
      }
    })

    it('passes requests on over TLS, if the certificate is trusted', async () => {
      const [restTlsPort = 0] = await freePorts(1)
      const data = await newDatabase(cluster())
      const certificate = await selfSignedCertificate(['localhost'])
      const [cert, key] = ['cert', 'key'].map((name) => join(temporaryDirectory(), name))
      if (cert === undefined || key === undefined) throw new Error('no files')
      writeFileSync(cert, certificate.cert, { mode: 0o600 })
      writeFileSync(key, certificate.key, { mode: 0o600 })
      await startOwner(data, { restTlsPort, tls: { cert, key }, advertise: `https://localhost:${restTlsPort}` })
      const { base, line } = await startStandby(data)
      await line('requests are passed on to')
      expect(await put(base)).toEqual(outOfService)
      expect(JSON.parse(await line('the other server is not reached'))).toMatchObject({
        problem: 'its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)',
      })
      const before = getCACertificates()
      onTestFinished(() => setDefaultCACertificates(before))
      setDefaultCACertificates([...before, String(certificate.cert)])
      expect(await put(base)).toMatchObject({ status: 202 })
    })

    it('refuses a request that comes back to a standby, once', async () => {
      const [restPort = 0] = await freePorts(1)
      const { base, all } = await standbyOf(restPort, { restPort })
      const text = 'the address of that server leads to a standby; see --advertise'
      expect(await post(base)).toEqual(unavailable(text))
      expect(await put(base)).toEqual(outOfService)
      expect(all.filter((line) => line.includes('not reached'))).toEqual([])
    })
  })

  it('takes over on the same ports: only who connects in the moment of the change has no answer', async () => {
    const { owner, standby, ask } = await pair()
    expect(await ask('User/1001', SIGN_IN)).toMatchObject({ status: 202 })
    const seen: (number | string)[] = []
    let isOver = false
    // Each request has a connection of its own.
    const client = async () => {
      while (!isOver) seen.push(await statusOf(standby.base))
    }
    const clients = [client(), client(), client()]
    await vi.waitFor(() => expect(seen).toContain(200), PATIENCE)
    await owner.close()
    const next = await standby.started
    isOver = true
    await Promise.all(clients)
    expect(next.ports.rest).toBe(Number(new URL(standby.base).port))
    expect(new Set(seen.filter((each) => typeof each === 'number'))).toEqual(new Set([200, 503]))
    expect(seen.filter((each) => typeof each === 'string').length).toBeLessThanOrEqual(clients.length)
    expect((await ask('User/1001')).text).toContain('<state>NOT_READY</state>')
  })
})

/** The status of a request on a new connection, or why it has none. */
function statusOf(base: string): Promise<number | string> {
  return new Promise((resolve) => {
    const request = get(`${base}/finesse/api/User/1001`, { headers: XML, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    request.on('error', (error) => resolve(error.message))
  })
}
