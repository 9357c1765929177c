/**
 * `npm run cluster` as a process.
 *
 * Slow, 15 s: it starts two servers of PostgreSQL and the program, and waits for the end of a lease. More in `npm run
 * test:whole`.
 */
import { chmod, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { start, temporary } from '../cli/process.ts'
import { describeWithPostgres } from '../store/postgres.ts'
import { isWhole } from '../suite/extent.ts'
import { PROGRAM, PROGRAM_VARIABLE } from '../suite/started.ts'

const SCRIPT = join(import.meta.dirname, 'main.ts')

/** Starts it, with its files in a folder of the test. */
async function begin(...flags: readonly string[]) {
  const folder = await temporary()
  // The servers may run as another user.
  await chmod(folder, 0o711)
  const { child, ended } = start(flags, { TMPDIR: folder, [PROGRAM_VARIABLE]: PROGRAM }, SCRIPT)
  let seen = ''
  const waiting = new Set<() => void>()
  child.stdout.on('data', (text: string) => {
    seen += text
    for (const look of waiting) look()
  })
  /** What the output has where the pattern is found, now or later. */
  const says = (pattern: RegExp) =>
    new Promise<readonly string[]>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(seen)
        if (found === null) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
      void ended.then(({ out, err }) => reject(new Error(`ended before ${pattern}: ${out}${err}`)))
    })
  return { folder, child, ended, says }
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const healthOf = async (url: string) => (await fetch(url)).status

describeWithPostgres('npm run cluster', () => {
  it.runIf(isWhole)(
    'shows a pair, of which the standby serves when the owner is killed, and leaves nothing behind at Ctrl-C',
    async () => {
      const { folder, child, ended, says } = await begin()
      await says(/Press Ctrl-C/)
      const [, owner] = await says(/engine a: owner, process (\d+)[\s\S]*?health +(\S+)/)
      const [, standby, health = ''] = await says(/engine b: standby, process (\d+)[\s\S]*?health +(\S+)/)
      const [, primary] = await says(/primary +127\.0\.0\.1:\d+, process (\d+)/)
      const [, follower] = await says(/standby +127\.0\.0\.1:\d+, process (\d+)/)
      expect(await healthOf(health)).toBe(503)
      process.kill(Number(owner), 'SIGKILL')
      await says(/engine a has ended \(SIGKILL\); it starts again/)
      await says(new RegExp(`engine b is the owner now, process ${standby}`))
      expect(await healthOf(health)).toBe(200)
      const [, next] = await says(/engine a is the standby now, process (\d+)/)
      const pids = [owner, standby, next, primary, follower].map(Number)
      expect(pids.map(isRunning)).toEqual([false, true, true, true, true])
      child.kill('SIGINT')
      expect(await ended).toMatchObject({ code: 0, signal: null, err: '' })
      expect(pids.map(isRunning)).toEqual([false, false, false, false, false])
      expect(await readdir(folder)).toEqual([])
    },
  )

  it.runIf(isWhole)('keeps a directory that was given, and what is in its database', async () => {
    const directory = join(await temporary(), 'kept')
    await chmod(join(directory, '..'), 0o711)
    const SIGN_IN = '<User><state>LOGIN</state><extension>1001</extension></User>'
    const headers = { authorization: `Basic ${btoa('1001:secret')}`, 'content-type': 'application/xml' }
    const user = async (says: Awaited<ReturnType<typeof begin>>['says']) => {
      const [, rest] = await says(/engine a: owner[\s\S]*?REST +(\S+)[\s\S]*Press Ctrl-C/)
      return `${rest}User/1001`
    }
    const first = await begin('--directory', directory)
    const signIn = await fetch(await user(first.says), { method: 'PUT', headers, body: SIGN_IN })
    expect(signIn.status).toBe(202)
    first.child.kill('SIGTERM')
    expect(await first.ended).toMatchObject({ code: 0, err: '' })
    const second = await begin('--directory', directory)
    expect(await (await fetch(await user(second.says), { headers })).text()).toContain('<extension>1001</extension>')
    second.child.kill('SIGTERM')
    expect(await second.ended).toMatchObject({ code: 0, err: '' })
    expect((await readdir(directory)).sort()).toEqual(['engine-a.log', 'engine-b.log', 'postgres'])
  })
})

it('npm run cluster has a help, and refuses what it does not know', async () => {
  const help = await start(['--help'], {}, SCRIPT).ended
  expect(help).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Ctrl-C ends all of it in order') })
  for (const flags of [['--port', 'x'], ['--port', '0'], ['--unknown']])
    expect(await start(flags, {}, SCRIPT).ended).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining(help.out),
    })
})
