/**
 * The README's commands work as pasted: its story runs against a real server, and its programs run unchanged.
 *
 * Slow, 15 s: the commands of the README run unchanged, with a real server.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startServer } from '../../src/cli/server.ts'
import { noted } from '../conformance/finesse-client.ts'
import { type Site, site } from '../conformance/server.ts'
import { local, programs, ROOT, readme } from './programs.ts'

const run = promisify(execFile)

/** `--norc`, because bash with a socket as its input may act as a remote shell and read the machine's start files. */
const BASH = ['--norc', '-euo', 'pipefail', '-c']

let on: Site
beforeEach(async () => {
  on = await site()
})
afterEach(() => on.close())

it('the story of "Try it" works', async () => {
  const story = readme.match(/<!-- story -->\n```bash\n([\s\S]*?)```/)?.[1] ?? ''
  const agent = await on.client('1001')
  const { stdout, stderr } = await run('bash', [...BASH, story.replace('http://127.0.0.1:8082', on.at.rest)])
  expect(stderr).toBe('')
  expect(stdout).toContain('<state>INTERRUPTED</state>')
  const heard: string[] = []
  while (
    heard.at(-1) !== 'User/1001/Media PUT Media LOGOUT' ||
    heard.filter((line) => line.endsWith('Media LOGOUT')).length < 2
  )
    heard.push(noted(await agent.one()))
  const ofMedia = heard.filter((line) => line.startsWith('User/1001/Media ')).map((line) => line.split(' ').at(-1))
  expect(ofMedia.filter((state) => state === 'INTERRUPTED')).toHaveLength(2)
  expect(heard).toContain('User/1001/Dialogs/Media PUT apiErrors E_ARM_STAT_NOT_VALID_AFTER_INTERRUPT_ADVISORY_ACCEPT')
  expect(heard).toContain('User/1001/Dialogs/Media DELETE dialogs CLOSED CD_AGENT_LOGGED_OUT_DURING_DIALOG')
})

it('the commands for virtual time work', async () => {
  const server = await startServer({ restPort: 0, httpBindPort: 'off', xmppPort: 'off', virtualTime: true })
  try {
    const commands = readme.match(/<!-- clock -->\n```bash\n([\s\S]*?)```/)?.[1] ?? ''
    const at = `http://127.0.0.1:${server.ports.rest}`
    const told = [...BASH, commands.replace('http://127.0.0.1:8082', at)]
    const { stdout, stderr } = await run('bash', told)
    expect(stderr).toBe('')
    const [made, moved, tasks, reset] = stdout.trim().split('\n')
    expect(made).toContain('"state":"reserved"')
    expect(moved).toMatch(/"iso":"2026-01-05T08:00:30.000Z","notifications":2,"waiting":0}$/)
    expect(tasks).toContain('"state":"resubmitted"')
    expect(reset).toContain('"iso":"2026-01-05T08:00:00.000Z"')
  } finally {
    await server.close()
  }
})

it('the programs of "Embed" work', async () => {
  expect(programs()).toHaveLength(7)
  const folder = await mkdtemp(join(tmpdir(), 'mrdian-readme-'))
  try {
    const outputs: string[] = []
    for (const [index, text] of programs().entries()) {
      const file = join(folder, `program-${index}.ts`)
      await writeFile(file, local(text))
      outputs.push((await run(process.execPath, [file], { cwd: folder })).stdout)
    }
    expect(outputs[0]).toContain('RESERVED')
    expect(outputs[1]).toBe('START_TIMEOUT\n')
    expect(outputs[2]).toBe('user.changed\nuser.changed\nREADY\n')
    expect(outputs[3]).toMatch(/^deadline\.armed\n[\s\S]*\nreported\n[\s\S]*CLOSED\n$/)
    expect(outputs[4]).toBe('READY\nRESERVED\n')
    expect(outputs[6]).toBe('200\n')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

it('links only to files that exist', async () => {
  const links = [...readme.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, path = '']) => path)
  for (const path of links) await expect(readFile(join(ROOT, path), 'utf8')).resolves.not.toBe('')
})
