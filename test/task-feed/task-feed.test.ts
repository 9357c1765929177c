/** Tasks that enter by XML, as the Customer Collaboration Platform's feed takes them, over a real port (`media 14`). */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseRequest } from '../../src/finesse/index.ts'
import { type Site, site } from '../conformance/server.ts'

let on: Site
beforeEach(async () => {
  on = await site({ taskFeed: true })
})
afterEach(() => on.close())

const XML = { 'content-type': 'application/xml' }
const at = (path: string) => `${on.at.rest}/ccp${path}`
const post = (
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = XML,
  base = '/task',
) => fetch(at(`${base}/feed/100080`), { method: 'POST', headers, body })
const task = (inner = '', selector = 'chat_sales') =>
  `<Task><name>Nora Quist</name><title>Help</title><scriptSelector>${selector}</scriptSelector>${inner}</Task>`
const variable = (name: string, value: string) => `<variable><name>${name}</name><value>${value}</value></variable>`

/** The children of the answer, as `name=text`. */
async function read(response: Response): Promise<readonly string[]> {
  const root = parseRequest(await response.text())
  return [root?.name ?? 'no XML', ...(root?.children ?? []).map(({ name, text }) => `${name}=${text}`)]
}
const errorOf = async (response: Response) => {
  const error = parseRequest(await response.text())?.children[0]
  const field = (name: string) => error?.children.find((child) => child.name === name)?.text
  return [response.status, field('ErrorType'), field('ErrorData')]
}
const submitted = async (body: string, base?: string): Promise<string> => {
  const response = await post(body, XML, base)
  expect([response.status, await response.text()]).toEqual([201, ''])
  return response.headers.get('location') ?? ''
}

async function ready(): Promise<void> {
  const client = on.restOnly('1001')
  await client.media(
    '5002',
    '<state>LOGIN</state><maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>',
  )
  await client.media('5002', '<state>READY</state>')
}

describe('a task', () => {
  it('is submitted, waits, is offered with its variables, and is handled', async () => {
    const where = await submitted(
      task(
        `<requeueOnRecovery>true</requeueOnRecovery><tags><tag>a</tag></tags><variables>${variable('cv_1', 'one')}${variable(
          'cv_10',
          'ten',
        )}${variable('user_account', '7')}${variable('mediaType', 'chat')}${variable('anything', 'else')}</variables>`,
      ),
    )
    expect(where).toMatch(new RegExp(`^${on.at.rest}/ccp/task/contact/5002-1$`))
    expect(await read(await fetch(where))).toEqual(['Task', 'estimatedWaitTime=-1', 'status=QUEUED', 'statusReason='])
    await ready()
    const [, status, , taskId = '', agent] = await read(await fetch(where))
    expect([status, agent]).toEqual(['status=RESERVED', 'agentID=1001'])
    const client = on.restOnly('1001')
    const dialog = taskId.replace('taskID=', '')
    const { body } = await client.get(`Dialog/${dialog}`)
    for (const pair of [
      ['callVariable1', 'one'],
      ['callVariable10', 'ten'],
      ['user.account', '7'],
    ])
      expect(body).toContain(`<name>${pair[0]}</name><value>${pair[1]}</value>`)
    expect(body).not.toContain('mediaType>chat')
    for (const action of ['ACCEPT', 'START', 'CLOSE']) await client.dialog(dialog, action)
    expect(await read(await fetch(where))).toEqual([
      'Task',
      'status=HANDLED',
      'statusReason=',
      `taskID=${dialog}`,
      'agentID=1001',
    ])
  })

  it('is followed when it is resubmitted, and can be cancelled while it waits', async () => {
    const where = await submitted(task(), '/rest/task')
    expect(where).toContain('/ccp/rest/task/contact/')
    await ready()
    await on.clock.advance(30_000)
    expect((await read(await fetch(where)))[2]).toBe('status=QUEUED')
    expect((await fetch(where, { method: 'DELETE' })).status).toBe(200)
    expect(await read(await fetch(where))).toEqual(['Task', 'status=DISCARDED', 'statusReason='])
    expect((await fetch(where, { method: 'DELETE' })).status).toBe(404)
  })
})

describe('is refused', () => {
  it.each([
    ['no name', task().replace(/<name>.*<\/name>/, ''), [400, 'Parameter Missing', 'name']],
    ['no title', task().replace(/<title>.*<\/title>/, ''), [400, 'Parameter Missing', 'title']],
    ['no selector', task('', ''), [400, 'Parameter Missing', 'scriptSelector']],
    ['an unknown selector', task('', 'nowhere'), [400, 'Invalid Input', 'scriptSelector']],
    ['a long selector', task('', 'x'.repeat(33)), [400, 'Invalid Input', 'scriptSelector']],
    ['a long name', task().replace('Nora', 'x'.repeat(101)), [400, 'Invalid Input', 'name']],
    ['no boolean', task('<requeueOnRecovery>yes</requeueOnRecovery>'), [400, 'Invalid Input', 'requeueOnRecovery']],
    ['21 tags', task(`<tags>${'<tag>a</tag>'.repeat(21)}</tags>`), [400, 'Invalid Input', 'tags']],
    [
      'a value that is too long',
      task(`<variables>${variable('cv_1', 'x'.repeat(41))}</variables>`),
      [400, 'Invalid Input', 'variables'],
    ],
    [
      'a variable twice',
      task(`<variables>${variable('cv_1', 'a')}${variable('cv_1', 'b')}</variables>`),
      [400, 'Invalid Input', 'variables'],
    ],
    ['another root', '<Dialog/>', [400, 'Bad Request', 'Task']],
    ['a DOCTYPE', `<!DOCTYPE Task [<!ENTITY a "b">]>${task()}`, [400, 'Bad Request', 'Task']],
    ['no XML', '{', [400, 'Bad Request', 'Task']],
    ['nothing', '', [400, 'Bad Request', 'Task']],
  ])('%s', async (_, body, expected) => {
    expect(await errorOf(await post(body))).toEqual(expected)
    expect((await on.acd('GET', '/tasks')).body).toEqual([])
  })

  it('another type, a body that is too long, a page of another origin, an unknown contact', async () => {
    expect((await post('{}', { 'content-type': 'application/json' })).status).toBe(415)
    expect((await post(task(`<description>${'x'.repeat(70_000)}</description>`))).status).toBe(400)
    expect((await post(task(), { ...XML, origin: 'https://evil.example' })).status).toBe(403)
    expect(await errorOf(await fetch(at('/task/contact/none')))).toEqual([404, 'Not Found', 'none'])
  })

  it('any bytes, with a documented status', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string({ unit: 'binary', maxLength: 200 }).map((text) => new TextEncoder().encode(task(text))),
          fc
            .array(fc.tuple(fc.string({ maxLength: 20 }), fc.string({ maxLength: 60 })), { maxLength: 5 })
            .map((pairs) =>
              new TextEncoder().encode(
                task(`<variables>${pairs.map(([name, value]) => variable(name, value)).join('')}</variables>`),
              ),
            ),
        ),
        async (bytes) => {
          const response = await post(new Uint8Array(bytes))
          await response.body?.cancel()
          expect([201, 400]).toContain(response.status)
        },
      ),
      { numRuns: 150 },
    )
  })
})

it('is off unless it is asked for', async () => {
  const other = await site()
  const response = await fetch(`${other.at.rest}/ccp/task/feed/1`, { method: 'POST', headers: XML, body: task() })
  expect(response.status).toBe(404)
  await other.close()
})
