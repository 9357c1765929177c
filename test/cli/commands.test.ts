/**
 * Flags, help, and the small commands.
 *
 * Slow, 10 s: most of it starts the program.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createAccounts } from '../../src/accounts/index.ts'
import { createProgram } from '../../src/cli/program.ts'
import { variableOf } from '../../src/cli/serve-command.ts'
import type { ServeOptions } from '../../src/cli/serve-options.ts'
import { run, temporary } from './process.ts'

async function options(...args: string[]): Promise<ServeOptions> {
  const served = vi.fn<(options: ServeOptions) => Promise<void>>(async () => undefined)
  await createProgram(served).parseAsync(['node', 'mrdian', 'serve', ...args])
  const [given] = served.mock.calls[0] ?? []
  if (given === undefined) throw new Error('not served')
  return given
}

/** The error text of a wrong command line of `serve`, which runs in this process. */
async function refusal(...args: string[]): Promise<string> {
  const program = createProgram(async () => undefined)
  let text = ''
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ writeErr: (piece) => (text += piece) })
  await expect(program.parseAsync(['node', 'mrdian', 'serve', ...args])).rejects.toMatchObject({ exitCode: 1 })
  return text
}

describe('the flags of serve', () => {
  it('have the defaults of the design', async () => {
    expect(await options()).toEqual({
      host: '127.0.0.1',
      domain: 'localhost',
      restPort: 8082,
      restTlsPort: 8445,
      httpBindPort: 7071,
      httpBindTlsPort: 7443,
      xmppPort: 5222,
      xmppTlsPort: 5223,
      data: './data/mrdian.db',
      acceptOlderData: false,
      journalRetention: 30 * 86_400_000,
      customerDataRetention: Number.POSITIVE_INFINITY,
      stopWithin: 20_000,
      cors: 'enable_all',
      authorizeSubscriptions: true,
      xmppUser: 'finesse',
      virtualTime: false,
      logLevel: 'info',
      logFormat: 'auto',
    })
  })

  it('take precedence over environment variables', async () => {
    vi.stubEnv('MRDIAN_REST_PORT', '9000')
    vi.stubEnv('MRDIAN_HTTP_BIND_PORT', 'off')
    vi.stubEnv('MRDIAN_CORS', 'https://a.example.com, http://b.example.com:8080')
    vi.stubEnv('MRDIAN_DIRECTORY', 'agents.yaml')
    expect(await options('--rest-port', '9001', '--authorize-subscriptions', 'off', '--xmpp-port=0')).toMatchObject({
      restPort: 9001,
      httpBindPort: 'off',
      xmppPort: 0,
      cors: { allow: ['https://a.example.com', 'http://b.example.com:8080'] },
      directory: 'agents.yaml',
      authorizeSubscriptions: false,
    })
    vi.unstubAllEnvs()
  })

  it('single sign-on: off, with tokens of the server, with those of an issuer', async () => {
    expect((await options()).sso).toBeUndefined()
    expect((await options('--sso', 'off')).sso).toBeUndefined()
    expect((await options('--sso', 'hybrid')).sso).toEqual({ mode: 'HYBRID', issuer: 'local' })
    const issuer = ['--sso-issuer', 'https://idp.example', '--sso-audience', 'finesse', '--sso-keys', 'keys.json']
    expect((await options('--sso', 'on', ...issuer, '--sso-clock-skew', '1m')).sso).toEqual({
      mode: 'SSO',
      issuer: { issuer: 'https://idp.example', audience: 'finesse', keys: 'keys.json', clockSkewSeconds: 60 },
    })
  })

  it.each([
    [['--sso', 'yes'], 'Possible are off, hybrid, on'],
    [['--sso-issuer', 'https://idp.example'], 'single sign-on is off'],
    [['--sso', 'on', '--sso-keys', 'keys.json'], 'the server issues the tokens itself'],
    [['--sso', 'on', '--sso-issuer', 'https://idp.example'], 'needs --sso-audience and --sso-keys'],
    [[...'--virtual-time --sso on --sso-issuer x --sso-audience y --sso-keys z'.split(' ')], 'need the real time'],
  ])('single sign-on: %j is refused', async (args, text) => {
    expect(await refusal(...args)).toContain(text)
  })

  it('--cors-headers adds headers in every mode of CORS except disable', async () => {
    const headers = ['X-Trace', 'X-Other']
    const flags = ['--cors-headers', headers.join(', ')]
    expect(await options(...flags)).toMatchObject({ cors: { allow: 'all', headers } })
    const allow = ['https://a.example.com']
    expect(await options('--cors', ...allow, ...flags)).toMatchObject({ cors: { allow, headers } })
    expect(await options('--cors', 'disable', ...flags)).toMatchObject({ cors: 'disable' })
  })

  it('--tls gives a certificate; a TLS port without one is refused', async () => {
    expect(await options('--tls', 'c.pem,k.pem')).toMatchObject({ tls: { cert: 'c.pem', key: 'k.pem' } })
    expect(await options('--tls', 'self-signed', '--rest-tls-port', '0')).toMatchObject({
      tls: 'self-signed',
      restTlsPort: 0,
    })
    expect(await refusal('--rest-tls-port', '8443')).toContain('--rest-tls-port needs a certificate: give --tls')
    expect(await refusal('--tls', 'self-signed', '--xmpp-tls-port', '8082')).toContain(
      '--rest-port and --xmpp-tls-port are both 8082',
    )
  })

  it('--virtual-time keeps the data in memory unless --data is given', async () => {
    expect(await options('--virtual-time')).toMatchObject({ virtualTime: true, data: ':memory:' })
    expect(await options('--virtual-time', '--start', '2026-03-01T08:30Z')).toMatchObject({
      virtualTime: true,
      start: Date.UTC(2026, 2, 1, 8, 30),
    })
    expect(await options('--virtual-time', '--data', 'a.db')).toMatchObject({ virtualTime: true, data: 'a.db' })
    vi.stubEnv('MRDIAN_VIRTUAL_TIME', 'on')
    expect(await options()).toMatchObject({ virtualTime: true, data: ':memory:' })
    expect(await options('--virtual-time', 'off')).toMatchObject({ virtualTime: false, data: './data/mrdian.db' })
    vi.unstubAllEnvs()
    expect(await refusal('--start', '0')).toContain('give --virtual-time as well')
  })

  it('the bounds of connections contain only the values that are given', async () => {
    const given = async (...args: string[]) => (await options(...args)).connections
    expect(await given('--pending-connections', '200')).toEqual({ withoutSession: 200 })
    expect(await given('--sign-in-time', '5s', '--trusted-proxies', '10.0.0.5,10.1.0.0/16')).toEqual({
      signInMs: 5000,
      proxies: ['10.0.0.5', '10.1.0.0/16'],
    })
    vi.stubEnv('MRDIAN_PENDING_PER_ADDRESS', '20')
    expect(await given()).toEqual({ perAddress: 20 })
    vi.unstubAllEnvs()
  })

  it('the name of a variable is made from the name of the flag', () => {
    expect(variableOf('--http-bind-port')).toBe('MRDIAN_HTTP_BIND_PORT')
  })

  it.each([
    ['--rest-port', '65536'],
    ['--rest-port', '-1'],
    ['--rest-port', '80 82'],
    ['--rest-port', ''],
    ['--xmpp-port', 'on'],
    ['--xmpp-tls-port', '65536'],
    ['--cors-headers', 'a b'],
    ['--tls', 'cert.pem'],
    ['--tls', 'cert.pem,'],
    ['--tls', 'a,b,c'],
    ['--host', ''],
    ['--domain', 'a b'],
    ['--domain', '.example.com'],
    ['--cors', 'enable'],
    ['--cors', 'https://a.example.com/path'],
    ['--log-level', 'loud'],
    ['--log-format', 'xml'],
    ['--authorize-subscriptions', 'maybe'],
    ['--data', ' '],
    ['--pending-connections', '0'],
    ['--pending-per-address', '1.5'],
    ['--sign-in-time', '0s'],
    ['--stop-within', '0s'],
    ['--stop-within', '30d'],
    ['--trusted-proxies', '10.0.0.0/33'],
    ['--virtual-time', 'perhaps'],
    ['--start', 'tomorrow'],
    ['--start', '2026-02-30'],
  ])('%s %j is refused in one line', async (flag, value) => {
    expect(await refusal(`${flag}=${value}`)).toMatch(
      new RegExp(`^mrdian: option '${flag} .*\\(see mrdian serve --help\\)\n$`),
    )
  })

  it('the refusal of a wrong environment variable names the variable', async () => {
    const { code, err } = await run(['serve'], { env: { MRDIAN_XMPP_PORT: 'many' } })
    expect(code).toBe(1)
    expect(err).toContain("'many' from env 'MRDIAN_XMPP_PORT' is invalid")
  })

  it('a typing error gets a suggestion', async () => {
    const { code, out, err } = await run(['serve', '--rest-prot', '1'])
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('(Did you mean --rest-port?)')
  })

  it('an external XMPP server needs one password, from a variable or a file', async () => {
    const service = ['--xmpp-service', 'xmpp://chat.example.com:5222']
    vi.stubEnv('MRDIAN_XMPP_PASSWORD', 'of the engine')
    expect(await options(...service)).toMatchObject({
      xmppService: 'xmpp://chat.example.com:5222',
      xmppUser: 'finesse',
      xmppPassword: 'of the engine',
    })
    expect(await refusal(...service, '--xmpp-password-file', 'file')).toContain('are two passwords')
    expect(await refusal()).toContain('give --xmpp-service')
    vi.unstubAllEnvs()
    expect(await options(...service, '--xmpp-password-file', 'file')).toMatchObject({ xmppPasswordFile: 'file' })
    expect(await refusal(...service)).toContain('needs MRDIAN_XMPP_PASSWORD or --xmpp-password-file')
    expect(await refusal('--xmpp-service', 'chat.example.com')).toContain('named as in xmpp://host:5222')
  })

  it('the same port twice is refused, and so is a server with everything off', async () => {
    expect(await refusal('--rest-port', '9000', '--xmpp-port', '9000')).toContain(
      '--rest-port and --xmpp-port are both 9000',
    )
    const off = ['--rest-port', '--xmpp-port', '--http-bind-port'].flatMap((flag) => [flag, 'off'])
    expect(await refusal(...off)).toContain('every surface is off')
  })
})

describe('help', () => {
  it('names every flag with its variable, and nine examples', async () => {
    const { code, out, err } = await run(['serve', '--help'])
    expect([code, err]).toEqual([0, ''])
    const flags = [...out.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag = '']) => flag)
    expect(flags).toHaveLength(58)
    for (const flag of flags) expect(out.replaceAll(/\s+/g, ' ')).toContain(`env: ${variableOf(flag)})`)
    expect(out.match(/^ {2}\$ /gm)).toHaveLength(9)
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  it('lists the commands', async () => {
    const { code, out } = await run(['--help'])
    expect(code).toBe(0)
    for (const name of ['serve', 'hash-password', 'check-directory']) expect(out).toContain(`  ${name}`)
  })

  it('is printed for an empty command line, with exit code 1', async () => {
    const { code, err } = await run([])
    expect(code).toBe(1)
    expect(err).toContain('Usage: mrdian')
  })

  it('--version prints the version', async () => {
    expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('an unknown command is refused', async () => {
    const { code, err } = await run(['server'])
    expect(code).toBe(1)
    expect(err).toContain("unknown command 'server'")
  })
})

describe('hash-password', () => {
  it('prints a hash that the directory accepts', async () => {
    const { code, out, err } = await run(['hash-password'], { input: 'pässword 1\r\n' })
    expect([code, err]).toEqual([0, ''])
    const secret = out.trimEnd()
    const lockout = { attempts: 5, seconds: 300 }
    const accounts = createAccounts({ credentials: [{ id: 'a', kind: 'user', secret }], lockout, now: () => 0 })
    expect(await accounts.verify('a', 'pässword 1')).toEqual({ id: 'a', kind: 'user' })
    expect(await accounts.verify('a', 'pässword 1\r')).toBeUndefined()
  })

  it.each([
    ['nothing', ''],
    ['an empty line', '\n'],
    ['two lines', 'a\nb\n'],
    ['too much input', 'x'.repeat(10_000)],
    ['a password that is too long', 'x'.repeat(2000)],
  ])('refuses %s', async (_what, input) => {
    const { code, out, err } = await run(['hash-password'], { input })
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^mrdian: .*\n$/)
  })

  it('takes no password as an argument and does not print it', async () => {
    const { code, err } = await run(['hash-password', 'hunter2'])
    expect(code).toBe(1)
    expect(err).not.toContain('hunter2')
  })
})

describe('check-directory', () => {
  it('summarises a valid file and warns about plain passwords', async () => {
    const { code, out, err } = await run(['check-directory', 'src/directory/sample.yaml'])
    expect(code).toBe(0)
    expect(out).toBe(
      'src/directory/sample.yaml is valid: 7 users, 1 administrator, 4 teams, 4 media routing domains, 2 queues, 3 reason codes, 3 wrap-up reasons, 1 layout, 2 phone books, 1 workflow, 2 ECC variables\n',
    )
    expect(err).toMatch(/^mrdian: warning: .*plain password/)
  })

  it('prints the problems, one per line; serve prints the same', async () => {
    const file = join(await temporary(), 'agents.yaml')
    await writeFile(file, 'version: 1\nplatform: CCE\nusers: 7\ncolour: red\n')
    const checked = await run(['check-directory', file])
    expect([checked.code, checked.out]).toEqual([1, ''])
    const [first, ...problems] = checked.err.trimEnd().split('\n')
    expect(first).toMatch(/^mrdian: the directory has \d problems:$/)
    for (const problem of problems) expect(problem.startsWith(`${file}:`)).toBe(true)
    expect(checked.err).toContain('colour: unknown key')
    const served = await run(['serve', '--directory', file, '--data', ':memory:'])
    expect(served).toMatchObject({ code: 1, out: '', err: checked.err })
  })

  it('refuses a file that does not exist', async () => {
    const { code, err } = await run(['check-directory', '/nowhere.yaml'])
    expect(code).toBe(1)
    expect(err).toMatch(/^mrdian: directory: \/nowhere.yaml cannot be read: ENOENT.*\n$/)
  })
})

describe('explain', () => {
  it('names the flag for the data file if the file does not exist', async () => {
    const { code, err } = await run(['explain', '1001', '--data', '/nowhere.db'])
    expect({ code, err }).toEqual({
      code: 1,
      err: 'mrdian: /nowhere.db does not exist; name the data file: --data FILE\n',
    })
  })
})
