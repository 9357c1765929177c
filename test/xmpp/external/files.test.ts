/** Configurations for XMPP servers, and the questions of a server about accounts. */

import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { InvalidArgument } from '../../../src/errors/index.ts'
import { answerExtauth } from '../../../src/xmpp/external/extauth.ts'
import { SERVERS, type ServerPlace, writeServerFiles } from '../../../src/xmpp/external/files.ts'

describe('files of a server', () => {
  const folders: string[] = []
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
  })

  async function place(more: Partial<ServerPlace> = {}): Promise<ServerPlace> {
    const folder = await mkdtemp(join(tmpdir(), 'mrdian-files-'))
    folders.push(folder)
    return {
      folder,
      domain: 'desk.example.com',
      host: '127.0.0.1',
      port: 5222,
      httpPort: 7071,
      user: 'finesse',
      accounts: 'http://127.0.0.1:8082/accounts/check',
      authenticate: 'mrdian extauth http://127.0.0.1:8082',
      ...more,
    }
  }

  it.each(SERVERS)('%s: every placeholder is filled in, and a second run writes the same', async (kind) => {
    const wanted = await place()
    const files = await writeServerFiles(kind, wanted)
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
    expect(texts.join('').match(/@(?:folder|domain|host|port|httpPort|user|accounts|authenticate)@/g)).toBeNull()
    expect(texts.join('')).toContain('pubsub.desk.example.com')
    expect(await writeServerFiles(kind, wanted)).toEqual(files)
    expect(await Promise.all(files.map((file) => readFile(file, 'utf8')))).toEqual(texts)
  })

  it('the script for the roster of ejabberd can be run', async () => {
    const files = await writeServerFiles('ejabberd', await place())
    const { mode } = await stat(files.find((file) => file.endsWith('.sh')) ?? '')
    expect(mode & 0o111).toBe(0o111)
  })

  it.each(['a"b', 'a\nb', 'a$(b)', "a'b", 'a\\b'])('refuses %j, which has a meaning in the files', async (domain) => {
    await expect(writeServerFiles('ejabberd', await place({ domain }))).rejects.toThrow(InvalidArgument)
  })
})

describe('external authentication of ejabberd', () => {
  const asked = (text: string) => {
    const body = Buffer.from(text)
    const length = Buffer.alloc(2)
    length.writeUInt16BE(body.length)
    return Buffer.concat([length, body])
  }

  /** Answers to questions whose bytes arrive in pieces of this size. */
  async function answers(questions: readonly string[], pieces: number): Promise<readonly number[]> {
    const [input, output] = [new PassThrough(), new PassThrough()]
    const bytes = Buffer.concat(questions.map(asked))
    for (let at = 0; at < bytes.length; at += pieces) input.write(bytes.subarray(at, at + pieces))
    input.end()
    await answerExtauth(input, output, async (name, password) => name === '1001' && password === 'a:b é')
    const said: Buffer = output.read() ?? Buffer.alloc(0)
    return Array.from({ length: said.length / 4 }, (_, at) => said.readUInt32BE(4 * at))
  }

  it.each([1, 3, 1000])('answers in order when the input comes in pieces of %s bytes', async (pieces) => {
    const questions = [
      'auth:1001:localhost:a:b é',
      'auth:1001:localhost:wrong',
      'auth:1002:localhost:a:b é',
      'isuser:1001:localhost',
      'setpass:1001:localhost:new',
      'removeuser:1001:localhost',
      'nonsense',
      '',
      'auth:1001:localhost:',
    ]
    const [yes, no] = [0x00020001, 0x00020000]
    expect(await answers(questions, pieces)).toEqual([yes, no, no, yes, no, no, no, no, no])
  })
})
