/**
 * Every command of every script is sent again, with and without a crash between. It is answered as the first time, and
 * not done again.
 *
 * Slow, 30 s: in two tests of each script the engine starts again after each command, and one uses data files.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KnownCommand } from '../../src/engine/answers/once.ts'
import type { Engine } from '../../src/engine/api.ts'
import type { Answer, Command } from '../../src/engine/commands.ts'
import { backup, sqliteStore } from '../../src/store/index.ts'
import { isWhole, some } from '../suite/extent.ts'
import { SCRIPTS } from './scripts.ts'
import { type Shelf, Stage } from './stage.ts'

/** How a client sends a command: with a key that is surely unique, or with one that other clients use for everything. */
type Sending = 'surely' | 'probably'

const TYPES: Readonly<Record<Command['type'], true>> = {
  'user.signIn': true,
  'user.setState': true,
  'media.signIn': true,
  'media.setState': true,
  'media.setRoutable': true,
  'dialog.act': true,
  'call.make': true,
  'call.monitor': true,
  'call.barge': true,
  'call.act': true,
  'call.consult': true,
  'call.transferTo': true,
  'call.join': true,
  'call.dropParticipant': true,
  'call.setData': true,
  'call.record': true,
  'call.sendDtmf': true,
  'call.reclassify': true,
  'call.setCallback': true,
  'call.cancelCallback': true,
}

/** What a caller sees of an answer at once. */
type Seen = Omit<Answer, 'result'> | KnownCommand

const seen = (answer: Answer): Seen => {
  if (answer.outcome !== 'UNDER_WAY') return answer
  const { result: _, ...rest } = answer
  return rest
}

const ORIGIN = { via: 'rest', by: 'desktop' } as const

async function send(engine: Engine, command: Command, key: string, isUnique: Sending): Promise<Seen> {
  if (isUnique === 'surely') return seen(await engine.command(command, { ...ORIGIN, key }))
  return engine.adapters.once<Seen>(
    { origin: ORIGIN, key, content: JSON.stringify(command), isUnique },
    { first: async (origin) => seen(await engine.command(command, origin)), again: (known) => known },
  )
}

/** The stage on which each command of a step is sent by `send`. */
function through(stage: Stage, command: (given: Command) => Promise<Seen>): Stage {
  const engine = new Proxy(stage.engine, {
    get: (target, name) => (name === 'command' ? command : Reflect.get(target, name)),
  })
  return new Proxy(stage, {
    get(target, name) {
      if (name === 'engine') return engine
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** What happens in the engine: rows of commands, and notifications. */
function newsOf(stage: Stage) {
  const published: string[] = []
  const stop = stage.engine.on('notification', ({ node, event, value }) => {
    published.push(`${event} ${node} ${value.kind}`)
  })
  const before = stage.rows.length
  return () => {
    stop()
    const commands = stage.rows.slice(before).filter(({ origin }) => origin?.by === ORIGIN.by)
    return { commands: commands.map(({ aggregate }) => aggregate), published }
  }
}

const NOTHING = { commands: [], published: [] }

/** A data file. The next process gets what was on the disk, while the one before is still there. */
function onDisk(folder: string, number = 1): Shelf {
  const file = join(folder, `${number}.db`)
  const store = sqliteStore(file)
  return {
    store,
    reopen: async () => {
      const next = join(folder, `${number + 1}.db`)
      await backup(file, next)
      await store.close()
      return onDisk(folder, number + 1)
    },
  }
}

/** All scripts together send every type of command. */
function expectTypes(accepted: ReadonlySet<Command['type']>): void {
  if (isWhole) expect([...accepted].sort()).toEqual(Object.keys(TYPES).sort())
  else expect(accepted.size).toBeGreaterThan(5)
}

describe.each(['surely', 'probably'] as const)('a key that is %s unique', (isUnique) => {
  describe.each([false, true])('with a crash between: %s', (isCrashing) => {
    const accepted = new Set<Command['type']>()

    it.each(some(SCRIPTS, 4))('$name', async ({ options, steps }) => {
      const stage = await Stage.open(options())
      let [count, again] = [0, async (): Promise<void> => undefined]
      const command = async (given: Command): Promise<Seen> => {
        count += 1
        const key = `key ${count}`
        const first = await send(stage.engine, given, key, isUnique)
        again = async () => {
          if (!('accepted' in first) || !first.accepted) return
          // Nothing of it was done, so it is done again.
          if (isUnique === 'probably' && first.outcome === 'REFUSED') return
          if (isCrashing) await stage.crash()
          const news = newsOf(stage)
          const second = await send(stage.engine, given, key, isUnique)
          const where = `${count} ${JSON.stringify(given)}`
          expect(news(), where).toEqual(NOTHING)
          accepted.add(given.type)
          if (isUnique === 'probably') expect(second, where).not.toHaveProperty('accepted')
          else if (first.outcome === 'UNDER_WAY' && isCrashing)
            expect(second, where).toMatchObject({ outcome: expect.stringMatching(/^(OVERTAKEN|UNDER_WAY)$/) })
          else expect(second, where).toEqual(first)
        }
        return first
      }
      for (const step of steps) {
        await step.run(through(stage, command)).catch(() => undefined)
        await again()
        again = async () => undefined
      }
    })

    afterAll(() => {
      expectTypes(accepted)
    })
  })
})

describe('with a data file: all commands of the last two minutes, after a crash', () => {
  const accepted = new Set<Command['type']>()
  let folder = ''
  let scripts = 0
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mrdian-again-'))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
    expectTypes(accepted)
  })

  it.each(some(SCRIPTS, 4))('$name', async ({ options, steps }) => {
    scripts += 1
    const stage = await Stage.open(options(), onDisk(folder, scripts * 1000))
    const sent: { command: Command; key: string; first: Seen; at: number }[] = []
    const on = () =>
      through(stage, async (command) => {
        const [key, at] = [`key ${sent.length}`, stage.clock.now()]
        const first = await send(stage.engine, command, key, 'surely')
        sent.push({ command, key, first, at })
        return first
      })
    for (const step of steps) await step.run(on()).catch(() => undefined)
    await stage.crash()
    const news = newsOf(stage)
    for (const { command, key, first, at } of sent) {
      if (!('accepted' in first) || !first.accepted || stage.clock.now() - at >= 120_000) continue
      accepted.add(command.type)
      const second = await send(stage.engine, command, key, 'surely')
      if (first.outcome === 'UNDER_WAY') expect(second).toMatchObject({ accepted: true })
      else expect(second, `${key} ${JSON.stringify(command)}`).toEqual(first)
    }
    expect(news()).toEqual(NOTHING)
    await stage.engine.close()
  })
})
