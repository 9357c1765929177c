/** XML as bytes over a socket, in every encoding that a client may choose, and bodies that are no XML 1.0. */
import { once } from 'node:events'
import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { basic, type Server, server } from './server.ts'

let rest: Server
let port: number
beforeAll(async () => {
  rest = await server()
  await rest.app.listen({ port: 0, host: '127.0.0.1' })
  const address = rest.app.server.address()
  port = typeof address === 'object' ? (address?.port ?? 0) : 0
})
afterAll(() => rest.app.close())
beforeEach(() => {
  rest.engine.commands.length = 0
})

interface Answered {
  readonly status: number | undefined
  readonly body: string
  /** The commands that the engine got. */
  readonly commands: readonly unknown[]
}

async function put(path: string, body: Buffer | string, type = 'application/xml'): Promise<Answered> {
  const headers = { authorization: basic('1001:secret'), 'content-type': type }
  const sent = request({ port, host: '127.0.0.1', method: 'PUT', path: `/finesse/api${path}`, headers })
  sent.end(body)
  const [response] = await once(sent, 'response')
  const answer = await buffer(response)
  return { status: response.statusCode, body: answer.toString(), commands: [...rest.engine.commands] }
}

const refused = (about: string): Answered => ({
  status: 400,
  body: `<ApiErrors><ApiError><ErrorData>${about}</ErrorData><ErrorMessage>Request is malformed or incomplete</ErrorMessage><ErrorType>Bad Request</ErrorType></ApiError></ApiErrors>`,
  commands: [],
})
const transferred = (target: string): Answered => ({
  status: 202,
  body: '',
  commands: [{ type: 'dialog.act', user: '1001', dialog: '1001_5_1', action: 'TRANSFER', target, side: 'A' }],
})

/** A body whose text shows how its bytes were read. */
const transfer = (target: string, encoding = '') =>
  `${encoding === '' ? '' : `<?xml version="1.0" encoding="${encoding}"?>`}<Dialog><requestedAction>TRANSFER</requestedAction><target>${target}</target></Dialog>`

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const utf16le = (text: string) => Buffer.from(text, 'utf16le')
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()
const BOM = '\ufeff'

describe('the encoding of a body (RFC 7303 3, XML 1.0 4.3.3)', () => {
  it.each<[string, Buffer | string, string, string?]>([
    ['UTF-8 without declaration and charset', transfer('Größe'), 'Größe'],
    ['the declaration: ASCII, as lxml writes it', transfer('Gr&#246;&#223;e', 'ASCII'), 'Größe'],
    ['the declaration: us-ascii', transfer('chat', 'us-ascii'), 'chat'],
    ['the declaration: latin1', latin1(transfer('Größe', 'latin1')), 'Größe'],
    ['the declaration: ISO-8859-1', latin1(transfer('Größe', 'ISO-8859-1')), 'Größe'],
    ['the declaration: windows-1252', latin1(transfer('5\x80', 'windows-1252')), '5€'],
    ['the declaration: windows-1252 with ASCII bytes', transfer('chat', 'windows-1252'), 'chat'],
    ['the declaration: koi8-r', latin1(transfer('\xf2\xf5', 'koi8-r')), 'РУ'],
    ['the declaration: UTF-8 in any case', transfer('Größe', 'utf-8'), 'Größe'],
    ['the declaration in UTF-16LE', utf16le(transfer('Größe', 'UTF-16LE')), 'Größe'],
    ['the declaration in UTF-16BE', utf16be(transfer('Größe', 'UTF-16BE')), 'Größe'],
    ['a byte order mark: UTF-8', BOM + transfer('Größe'), 'Größe'],
    ['a byte order mark: UTF-16LE', utf16le(BOM + transfer('Größe')), 'Größe'],
    ['a byte order mark: UTF-16BE', utf16be(BOM + transfer('Größe', 'UTF-16')), 'Größe'],
    ['charset before the declaration', transfer('Größe', 'ISO-8859-1'), 'Größe', 'charset=utf-8'],
    ['charset before a declared UTF-16', transfer('Größe', 'utf-16'), 'Größe', 'charset="UTF-8"'],
    ['charset before an unknown declaration', transfer('Größe', 'x-any'), 'Größe', 'charset=UTF8'],
    ['charset without a declaration', latin1(transfer('Größe')), 'Größe', 'charset=ISO-8859-1'],
    ['charset: cp1252', latin1(transfer('5\x80')), '5€', 'charset=cp1252'],
    ['charset: shift_jis', latin1(transfer('\x93\xfa\x96{')), '日本', 'charset=Shift_JIS'],
    ['charset: UTF-16 in both byte orders', utf16be(transfer('Größe')), 'Größe', 'charset=utf-16'],
    ['charset: UTF-16 in the usual byte order', utf16le(transfer('Größe')), 'Größe', 'charset=utf-16'],
    ['a byte order mark before charset', utf16be(BOM + transfer('Größe')), 'Größe', 'charset=utf-8'],
  ])('%s', async (_, body, target, parameter) => {
    const type = parameter === undefined ? 'application/xml' : `application/xml; ${parameter}`
    expect(await put('/Dialog/1001_5_1', body, type)).toEqual(transferred(target))
  })

  it.each<[string, Buffer | string, string?]>([
    ['bytes that are no UTF-8', latin1(transfer('Größe'))],
    ['bytes that are no UTF-8, as charset says', latin1(transfer('Größe', 'latin1')), 'charset=utf-8'],
    ['bytes that are no ASCII', transfer('Größe', 'ASCII')],
    ['bytes that are no ASCII, as charset says', transfer('Größe'), 'charset=us-ascii'],
    ['half a character of UTF-16', Buffer.concat([utf16le(BOM + transfer('x')), Buffer.from([0x20])])],
    ['half a pair of UTF-16', utf16le(`${BOM}${transfer('\ud83d')}`)],
    ['an unknown encoding', transfer('chat', 'x-any')],
    ['a known encoding that is not supported', transfer('chat', 'UTF-7')],
    ['a name that is not used as an encoding', transfer('chat', 'iso-2022-kr')],
    ['UTF-16 declared in ASCII bytes', transfer('chat', 'UTF-16')],
    ['UTF-8 declared in UTF-16', utf16le(transfer('chat', 'UTF-8'))],
    ['UTF-16 declared in the other byte order', utf16be(transfer('chat', 'UTF-16LE'))],
    ['a byte order mark that contradicts the declaration', BOM + transfer('chat', 'ISO-8859-1')],
  ])('refuses %s', async (_, body, parameter) => {
    const type = parameter === undefined ? 'application/xml' : `application/xml; ${parameter}`
    expect(await put('/Dialog/1001_5_1', body, type)).toEqual(refused('encoding'))
  })

  it.each([
    ['two byte order marks', BOM + BOM + transfer('chat')],
    ['UTF-16 without mark and declaration', utf16le(transfer('chat'))],
    ['UTF-32', Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), utf16le(transfer('chat'))])],
    ['a declaration that names no encoding', transfer('chat', '8859-1')],
    ['quotation marks that do not match', `<?xml version="1.0" encoding="UTF-8'?>${transfer('chat')}`],
    ['nothing but a byte order mark', BOM],
    ['nothing', ''],
  ])('refuses what is no document: %s', async (_, body) => {
    expect(await put('/Dialog/1001_5_1', body)).toEqual(refused('Dialog'))
  })

  it('refuses an unknown charset with 415, like any other type (ruling 21)', async () => {
    expect(await put('/Dialog/1001_5_1', transfer('chat'), 'application/xml; charset=x-any')).toEqual({
      status: 415,
      body: '<ApiErrors><ApiError><ErrorData>application/xml; charset=x-any</ErrorData><ErrorMessage>Content-Type must be application/xml or text/xml, in a known encoding</ErrorMessage><ErrorType>Unsupported Media Type</ErrorType></ApiError></ApiErrors>',
      commands: [],
    })
  })
})

describe('only well-formed XML is accepted (ruling 23)', () => {
  it.each([
    ['processing instructions', '<?xml-stylesheet href="a"?><User><?a?><state>READY</state></User><?b c?>'],
    ['comments and CDATA', '<!-- a --><User><!----><state><![CDATA[READY]]></state></User><!-- b -->'],
    ['every kind of white space', '\r\n\t <User\r\n>\t<state\n> READY\r\n</state\t></User > \n'],
    ['an unknown element __proto__', '<User><__proto__><state>x</state></__proto__><state>READY</state></User>'],
    ['an unknown element constructor', '<User><constructor/><state>READY</state></User>'],
    ['an unknown element toString', '<User><toString>x</toString><state>READY</state></User>'],
    ['unknown elements with a prefix that is not declared', '<User><x:y z:w=""/><state>READY</state></User>'],
  ])('reads %s', async (_, body) => {
    const { commands, ...answer } = await put('/User/1001', body)
    expect(answer).toEqual({ status: 202, body: '' })
    expect(commands).toEqual([expect.objectContaining({ user: '1001', state: 'READY' })])
  })

  it.each([
    ['no-break space before the root', '\u00a0<User><state>READY</state></User>'],
    ['no-break space behind the root', '<User><state>READY</state></User>\u00a0'],
    ['line separator behind the root', '<User><state>READY</state></User>\u2028'],
    ['ideographic space before the root', '\u3000<User><state>READY</state></User>'],
    ['a second byte order mark', '\ufeff\ufeff<User><state>READY</state></User>'],
    ['no-break space in an end tag', '<User><state>READY</state></User\u00a0>'],
    ['no-break space between elements', '<User>\u00a0<state>READY</state></User>'],
    ['a DOCTYPE', '<!DOCTYPE User><User><state>READY</state></User>'],
    ['a DOCTYPE that declares entities', '<!DOCTYPE u [<!ENTITY a "READY">]><User><state>&a;</state></User>'],
    ['a comment that does not end', '<User><state>READY</state></User><!-- '],
    ['comments that do not end', `<User><state>READY</state>${'<!--'.repeat(16_000)}</User>`],
    ['an instruction without a space', '<User><?a?b?><state>READY</state></User>'],
    ['too many levels', `<User><state>READY</state>${'<a>'.repeat(16)}${'</a>'.repeat(16)}</User>`],
  ])('refuses %s', async (_, body) => {
    expect(await put('/User/1001', body)).toEqual(refused('User'))
  })

  it.each([
    ['state', '/User/1001', '<User><state>READY\u00a0</state></User>'],
    ['maxDialogLimit', '/User/1001/Media/5002', media('\u20033')],
    ['maxDialogLimit', '/User/1001/Media/5002', media('3&#xa0;')],
    ['maxDialogLimit', '/User/1001/Media/5002', media('\ufeff3')],
  ])('treats spaces that XML does not know as part of the value: %s', async (name, path, body) => {
    const { status, body: answer, commands } = await put(path, body)
    expect({ status, commands }).toEqual({ status: 400, commands: [] })
    expect(answer).toContain(`<ErrorData>${name}</ErrorData>`)
    expect(answer).toContain('<ErrorType>Invalid Input</ErrorType>')
  })

  it('removes spaces of XML from the ends of a value, also when they are written as references', async () => {
    const answer = await put('/User/1001/Media/5002', media(' \t&#x20;3&#10;\r\n'))
    expect(answer).toEqual({
      status: 202,
      body: '',
      commands: [
        { type: 'media.signIn', user: '1001', mrd: '5002', maxDialogLimit: 3, interruptAction: 'ACCEPT', side: 'A' },
      ],
    })
  })
})

function media(limit: string): string {
  return `<Media><state>LOGIN</state><maxDialogLimit>${limit}</maxDialogLimit><interruptAction>ACCEPT</interruptAction></Media>`
}
