/** slixmpp (Debian), in a process of Debian's Python. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { type Adapter, Inbox, patiently } from './foreign-client.ts'

/** Another `python3` on the path may not find Debian's packages. */
const PYTHON = '/usr/bin/python3'
const SCRIPT = join(import.meta.dirname, 'slixmpp_client.py')

export const hasSlixmpp = existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import slixmpp']).status === 0

const message = z.discriminatedUnion('event', [
  z.object({ event: z.literal('beacon') }),
  z.object({ event: z.literal('refused') }),
  z.object({ event: z.literal('disconnected') }),
  z.object({ event: z.literal('notification'), node: z.string(), text: z.string() }),
  z.object({ event: z.literal('subscribed'), state: z.string() }),
])

export const slixmppOverTcp: Adapter = (place, user) => {
  const inbox = new Inbox()
  let child: ChildProcess | undefined
  let beacon: () => void = () => undefined
  let subscribed: (state: string) => void = () => undefined
  const take = (line: string) => {
    const told = message.parse(JSON.parse(line))
    if (told.event === 'notification') inbox.push({ node: told.node, text: told.text })
    if (told.event === 'beacon') beacon()
    if (told.event === 'subscribed') subscribed(told.state)
  }
  return {
    inbox,
    async connect() {
      const seen = new Promise<void>((resolve) => {
        beacon = resolve
      })
      child = spawn(PYTHON, [SCRIPT, user, place.domain, String(place.xmpp)], { stdio: ['pipe', 'pipe', 'ignore'] })
      if (child.stdout) createInterface({ input: child.stdout }).on('line', take)
      await patiently('the beacon', seen)
    },
    async subscribe(node) {
      const state = new Promise<string>((resolve) => {
        subscribed = resolve
      })
      child?.stdin?.write(`subscribe ${node}\n`)
      return patiently('the answer', state)
    },
    async disconnect() {
      if (child === undefined || child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.stdin?.write('disconnect\n')
      await patiently('the end', ended).finally(() => child?.kill('SIGKILL'))
    },
  }
}
