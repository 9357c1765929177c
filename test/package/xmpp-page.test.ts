/**
 * Runs the client of `src/xmpp/README.md` against a server.
 *
 * Slow, 5 s: it starts a process.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { startServer } from '../../src/cli/server.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

it('the client of the page signs in without TLS and gets notifications', async () => {
  const page = await readFile(join(ROOT, 'src/xmpp/README.md'), 'utf8')
  const program = page.match(/<!-- client -->\n```js\n([\s\S]*?)```/)?.[1] ?? ''
  const server = await startServer({ restPort: 0, httpBindPort: 'off', xmppPort: 0, data: ':memory:' })
  const folder = await mkdtemp(join(tmpdir(), 'mrdian-client-'))
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const file = join(folder, 'client.mjs')
  await writeFile(file, program.replace('127.0.0.1:5222', `127.0.0.1:${server.ports.xmpp}`))
  const client = spawn(process.execPath, [file])
  try {
    const told = new Promise<string>((resolve) => {
      let text = ''
      const more = (chunk: unknown) => {
        text += String(chunk)
        if (text.includes('</Update>') || text.includes('rror')) resolve(text)
      }
      client.stdout.on('data', more)
      client.stderr.on('data', more)
      client.once('close', () => resolve(text))
    })
    const there = new Promise<void>((resolve) => {
      const stop = server.engine.on('committed', () => {
        if (server.engine.get.presence('1001')?.sides.A !== 'PRESENT') return
        stop()
        resolve()
      })
    })
    await Promise.race([there, told])
    await server.engine.command({ type: 'user.signIn', user: '1001', extension: '1001' })
    expect(await told).toContain('<state>NOT_READY</state>')
  } finally {
    client.kill()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
})
