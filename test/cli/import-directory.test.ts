/**
 * `mrdian import-directory`: the round trip with our own server, other servers, and what can go wrong.
 *
 * Slow, 12 s: most of it starts the program. More in `npm run test:whole`.
 */

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { importDirectory } from '../../src/cli/import/import-directory.ts'
import { startServer } from '../../src/cli/server.ts'
import { type Directory, loadDirectory, parseDirectory } from '../../src/directory/index.ts'
import { isWhole } from '../suite/extent.ts'
import { run, temporary } from './process.ts'

const NO_PORTS = {
  restPort: 'off',
  restTlsPort: 'off',
  httpBindPort: 'off',
  xmppPort: 'off',
  data: ':memory:',
} as const

const SAMPLE = (await loadDirectory()).directory

/** Our own server with the sample directory. */
async function ours(): Promise<URL> {
  const server = await startServer({ ...NO_PORTS, restPort: 0 })
  onTestFinished(() => server.close())
  return new URL(`http://127.0.0.1:${server.ports.rest}`)
}

/** Imports in this process, and reads the file as a directory without passwords. */
async function imported(from: URL) {
  const out = join(await temporary(), 'directory.yaml')
  const options = { from, user: 'admin', out, force: false, insecure: false }
  const shown: string[] = []
  const result = await importDirectory(options, 'secret', (done, total) => shown.push(`${done}/${total}`))
  const text = await readFile(out, 'utf8')
  return { ...result, text, shown, out, read: () => parseDirectory(text, out, { passwords: 'none' }) }
}

/** The sample as the wire shows it: everything that it does not show is as in a file that does not say it. */
function withoutWhatTheWireHides(directory: Directory): Directory {
  const { queues = [], eccVariables = [] } = directory
  return {
    ...directory,
    mediaRoutingDomains: directory.mediaRoutingDomains.map((mrd) => ({
      ...mrd,
      startTimeoutSeconds: 30,
      scriptSelectors: [],
    })),
    users: directory.users.map((user) => ({ ...user, extensions: [], mobileAgent: false })),
    // Only the highest element that a layout shows is known of an array.
    eccVariables: eccVariables.map((variable) => (variable.size === undefined ? variable : { ...variable, size: 1 })),
    queues: queues.map((queue) => ({
      ...queue,
      numbers: [],
      agents: queue.agents.filter((agent) => agent !== '1234'),
      policy: 'longest-available',
      timeoutSeconds: 600,
      ringSeconds: 15,
    })),
  }
}

describe('the round trip', () => {
  it('gives the sample, but for passwords and what the wire does not show', async () => {
    const { read, problems, counts, shown, text } = await imported(await ours())
    expect(problems).toEqual([])
    const { directory, hasEndMark } = read()
    expect(directory).toEqual(withoutWhatTheWireHides(SAMPLE))
    expect(hasEndMark).toBe(true)
    expect(counts).toMatchObject({ users: 7, queues: 2, workflows: 1, phoneBooks: 2 })
    expect(shown.at(-1)).toBe('7/7')
    expect(text).toMatch(/^# Imported from http:\/\/127\.0\.0\.1:\d+\.\n# Finesse does not tell these; add them:\n/)
    expect(text).toContain('administrators:\n  - id: admin\n')
    expect(text).not.toContain('secret')
  })

  it('gives a directory that a server runs with, once it has passwords', async () => {
    const { text } = await imported(await ours())
    const withPasswords = text.replace(/^( {2}- id: "?(?:admin|1\d{3})"?\n)/gm, '$1    password: other\n')
    const { directory, credentials } = parseDirectory(withPasswords, 'directory.yaml')
    const server = await startServer({ ...NO_PORTS, restPort: 0, directory: { directory, credentials } })
    onTestFinished(() => server.close())
    const authorization = `Basic ${Buffer.from('1001:other').toString('base64')}`
    const answer = await fetch(`http://127.0.0.1:${server.ports.rest}/finesse/api/User/1001`, {
      headers: { authorization },
    })
    expect(await answer.text()).toContain('<loginName>areyes</loginName>')
  })
})

type Answers = Readonly<Record<string, string | ((request: IncomingMessage) => readonly [string, string])>>

/** Another server: it has these documents, by their paths, and 404 for everything else. */
async function another(answers: Answers): Promise<URL> {
  const server = createServer((request, response) => {
    const answer = answers[(request.url ?? '').replace('/finesse/api/', '')]
    if (answer === undefined) return response.writeHead(404).end()
    if (typeof answer === 'string') return response.writeHead(200).end(answer)
    const [range, body] = answer(request)
    return response.writeHead(206, { 'content-range': range }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('not listening')
  return new URL(`http://127.0.0.1:${address.port}`)
}

const SMALL: Answers = {
  SystemInfo: '<SystemInfo><deploymentType>UCCX</deploymentType><news>x</news></SystemInfo>',
  Users:
    '<Users><User lang="en"><loginId>2001</loginId><loginName>ada</loginName><extension>5501</extension>' +
    '<firstName>Ada &amp; Co</firstName><lastName/><roles><role>Agent</role><role>Astronaut</role></roles>' +
    '<settings><wrapUpOnIncoming>SOMETIMES</wrapUpOnIncoming></settings><mobileAgent><mode>CALL_BY_CALL</mode></mobileAgent>' +
    '<skills><skill>7</skill></skills><teamId>7</teamId><teamName>Seven</teamName></User></Users>',
  'User/2001/Media':
    '<MediaList><Media><id>6001</id><name>Post</name><interruptible>true</interruptible><state>LOGOUT</state></Media></MediaList>',
}

describe('another server', () => {
  it('may lack lists and have elements that nobody knows', async () => {
    const { read, problems } = await imported(await another(SMALL))
    expect(problems).toEqual([])
    const { directory } = read()
    expect(directory.platform).toBe('CCX')
    expect(directory.teams).toEqual([{ id: '7', name: 'Seven' }])
    expect(directory.mediaRoutingDomains).toMatchObject([
      { id: '1', interruptible: false },
      { id: '6001', name: 'Post', interruptible: true },
    ])
    expect(directory.users).toMatchObject([
      {
        ...{ id: '2001', loginName: 'ada', firstName: 'Ada & Co', roles: ['Agent'], extensions: ['5501'] },
        ...{ mediaRoutingDomains: ['6001'], mobileAgent: true, settings: { wrapUpOnIncoming: 'OPTIONAL' } },
      },
    ])
  })

  it('may give contacts in ranges, or by their URI', async () => {
    const contacts = (first: number, count: number) =>
      Array.from({ length: count }, (_, at) => `<Contact><phoneNumber>${first + at}</phoneNumber></Contact>`).join('')
    const book = (id: number, inner: string) =>
      `<PhoneBook><uri>/finesse/api/PhoneBook/${id}</uri><name>Book ${id}</name><type>GLOBAL</type>` +
      `<contacts>${inner}</contacts></PhoneBook>`
    const asked: string[] = []
    const { read } = await imported(
      await another({
        ...SMALL,
        PhoneBooks: ({ headers }) => {
          asked.push(String(headers.range))
          return asked.length === 1
            ? ['objects 1-6000/6001', `<PhoneBooks>${book(1, contacts(1, 3))}</PhoneBooks>`]
            : ['objects 6001-6001/6001', `<PhoneBooks>${book(1, contacts(4, 1))}${book(2, '/x')}</PhoneBooks>`]
        },
        'PhoneBook/2/Contacts': `<Contacts>${contacts(9, 1)}</Contacts>`,
      }),
    )
    const numbers = read().directory.phoneBooks?.map((each) => each.contacts.map(({ phoneNumber }) => phoneNumber))
    expect(numbers).toEqual([['1', '2', '3', '4'], ['9']])
    expect(asked).toEqual(['objects=1-6000', 'objects=6001-12000'])
  })

  it('may have entries that a directory cannot have: the file is written, and they are named', async () => {
    const reasons =
      '<ReasonCodes><ReasonCode><uri>/finesse/api/ReasonCode/5</uri><category>LUNCH</category></ReasonCode></ReasonCodes>'
    const { problems, text } = await imported(await another({ ...SMALL, 'ReasonCodes?category=ALL': reasons }))
    expect(problems.join()).toContain('reasonCodes[0].category')
    expect(text).toContain('category: LUNCH')
  })

  it.each([
    ['a page', '<html><body>Welcome</body></html>', 'has no element SystemInfo as its root'],
    ['a document type', '<!DOCTYPE x [<!ENTITY a "b">]><SystemInfo/>', 'has no element SystemInfo as its root'],
    ['no XML', '{}', 'has no element SystemInfo as its root'],
  ])('is no Finesse if it answers with %s', async (_, body, words) => {
    const from = await another({ SystemInfo: body })
    await expect(imported(from)).rejects.toThrow(`${from.origin} is no Finesse: /finesse/api/SystemInfo ${words}`)
  })
})

/** The certificate of a server, as PEM. */
async function certificateAt(port = 0): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  const pem = socket.getPeerX509Certificate()?.toString() ?? ''
  socket.destroy()
  return pem
}

describe('the command', () => {
  const command = (from: URL | string, out: string, ...more: readonly string[]) =>
    run(['import-directory', '--from', String(from), '--out', out, ...more], { env: { MRDIAN_PASSWORD: 'secret' } })

  it('says what it has written, and replaces a file only with --force', async () => {
    const from = await ours()
    const folder = await temporary()
    const out = join(folder, 'agents.yaml')
    await writeFile(out, 'mine')
    const refused = await command(from, out)
    expect([refused.code, refused.err]).toEqual([1, `mrdian: ${out} exists: another --out FILE, or --force\n`])
    expect(await readFile(out, 'utf8')).toBe('mine')
    const { code, out: said, err } = await command(from, out, '--force')
    expect([code, err]).toEqual([0, ''])
    expect(said).toContain(`${out}: administrators 1, mediaRoutingDomains 4, teams 4, reasonCodes 3,`)
    expect(await readdir(folder)).toEqual(['agents.yaml'])
  })

  it('explains a refusal without the password, and writes nothing', async () => {
    const from = await ours()
    const folder = await temporary()
    const out = join(folder, 'agents.yaml')
    const wrong = await run(['import-directory', '--from', from.href, '--out', out], { input: 'hunter2\n' })
    expect([wrong.code, wrong.err]).toEqual([
      1,
      `mrdian: ${from.origin} refuses admin: wrong password, a locked account, or no administrator (401)\n`,
    ])
    const { err } = await command('http://admin:hunter2@127.0.0.1:1', out)
    expect(err).toContain('which everybody on the machine can read')
    expect(err + wrong.err + wrong.out).not.toContain('hunter2')
    const nobody = await command('http://127.0.0.1:1', out)
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('http://127.0.0.1:1 cannot be reached')])
    expect(await readdir(folder)).toEqual([])
  })

  it.runIf(isWhole)('trusts a certificate of --ca, and every one with --insecure', async () => {
    const server = await startServer({ ...NO_PORTS, restTlsPort: 0, tls: 'self-signed' })
    onTestFinished(() => server.close())
    const from = `https://127.0.0.1:${server.ports.restTls}`
    const out = join(await temporary(), 'agents.yaml')
    const { code, err } = await command(from, out)
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/has a certificate that is not trusted \(\w+\): --ca FILE, or/),
    ])
    expect((await command(from, out, '--insecure')).code).toBe(0)
    const ca = join(await temporary(), 'ca.pem')
    await writeFile(ca, await certificateAt(server.ports.restTls))
    expect((await command(from, out, '--force', '--ca', ca)).err).toBe('')
  })
})
