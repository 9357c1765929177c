/** Logs of desktops over real REST (`dialog 11`). */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectRefusal, OTHERS_OBJECT } from './configuration/stage.ts'
import { type Site, site } from './server.ts'

const LOG = 'User/1001/ClientLog'
const ZIP_LOG = 'User/1001/CompressedClientLog'
const ZIP = Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.from([0xff, 0, 0x80])])
const xml = (data: string, root = 'ClientLog') => `<${root}><logData>${data}</logData></${root}>`

let folder = ''
let on: Site
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-logs-'))
  on = await site({ data: join(folder, 'state.db') })
})
afterEach(async () => {
  await on.close()
  await rm(folder, { recursive: true })
})

async function send(
  path: string,
  body: string | Buffer | undefined,
  user = '1001',
  type = 'application/xml',
  method = 'POST',
) {
  const response = await fetch(`${on.at.rest}/finesse/api/${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`,
      requestId: 'r1',
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text, value: () => undefined }
}

const directory = () => join(folder, 'state.db.client-logs')
const stored = async () => {
  const names = await readdir(directory()).catch(() => [])
  return Promise.all(names.map(async (name) => ({ name, content: await readFile(join(directory(), name)) })))
}
const missing = { data: 'logData', message: 'LogData Parameter missing', type: 'Parameter Missing' }
const invalid = { data: 'logData', message: 'Invalid LogData specified', type: 'Invalid Input' }

describe('ClientLog', () => {
  it('is accepted, and stored beside the data file', async () => {
    const answer = await send(LOG, xml('&lt;1&gt; signed in\n'))
    expect([answer.status, answer.body, answer.headers.get('requestid')]).toEqual([202, '', 'r1'])
    const [file] = await stored()
    expect(file?.name).toMatch(/^1001_20260105T080000000Z_[0-9a-f]{8}\.log$/)
    expect(file?.content.toString()).toBe('<1> signed in\n')
  })

  it('may be longer than other bodies; a longer log is refused', async () => {
    expect((await send(LOG, xml('ä'.repeat(1_048_576)))).status).toBe(202)
    expectRefusal(await send(LOG, xml('x'.repeat(1_048_577))), 400, invalid)
    expect((await send(LOG, xml('x'.repeat(4 * 1_048_576)))).status).toBe(400)
    expect((await stored()).length).toBe(1)
  })

  it('other users, administrators, other methods, other content', async () => {
    expectRefusal(await send(LOG, xml('x'), '1002'), 401, { data: '1001', ...OTHERS_OBJECT })
    const unauthorized = { data: 'admin', message: 'UNAUTHORIZED', type: 'Authorization Failure' }
    expectRefusal(await send(LOG, xml('x'), 'admin'), 401, unauthorized)
    for (const method of ['GET', 'PUT'])
      for (const path of [LOG, ZIP_LOG])
        expectRefusal(await send(path, undefined, '1001', '', method), 405, {
          data: method,
          message: 'Method not allowed on this resource',
          type: 'Method Not Allowed',
        })
    expectRefusal(await send(LOG, '<ClientLog/>'), 400, missing)
    expectRefusal(await send(LOG, xml('')), 400, missing)
    expect((await send(LOG, undefined)).status).toBe(400)
    expect((await send(LOG, 'a log', '1001', 'text/plain')).status).toBe(415)
    expect(await stored()).toEqual([])
  })

  it('is refused without a data file', async () => {
    await on.close()
    on = await site({ data: ':memory:' })
    const failed = { data: '1001', message: 'The log cannot be stored', type: 'Operation Failure' }
    expectRefusal(await send(LOG, xml('x')), 400, failed)
    expectRefusal(await send(ZIP_LOG, ZIP, '1001', 'application/zip'), 400, failed)
  })
})

describe('CompressedClientLog', () => {
  it('is stored as it came: a zip file, or base64 in XML', async () => {
    expect((await send(ZIP_LOG, ZIP, '1001', 'application/zip')).status).toBe(202)
    const encoded = xml(ZIP.toString('base64'), 'CompressedClientLog')
    expect((await send(ZIP_LOG, encoded)).status).toBe(202)
    const files = await stored()
    expect(files.map(({ name }) => name.replace(/^.*\./, ''))).toEqual(['zip', 'zip'])
    for (const { content } of files) expect(content).toEqual(ZIP)
  })

  it('anything but a zip file is refused, and a file that is too long', async () => {
    expectRefusal(await send(ZIP_LOG, undefined), 400, missing)
    expectRefusal(await send(ZIP_LOG, Buffer.from('no zip'), '1001', 'application/zip'), 400, invalid)
    expectRefusal(await send(ZIP_LOG, xml('no zip', 'CompressedClientLog')), 400, invalid)
    const long = Buffer.concat([ZIP, Buffer.alloc(1_048_576)])
    expectRefusal(await send(ZIP_LOG, long, '1001', 'application/zip'), 400, invalid)
    expect(await stored()).toEqual([])
  })
})
