/**
 * The machine of an owner is lost in the middle of a change, so that its database hears of no end.
 *
 * Slow, 15 s: the database notices the silence after some five seconds.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { postgresStore } from '../../src/store/postgres/store.ts'
import { Cable, canSeparate, Namespace } from '../cluster/namespace.ts'
import { describeWithPostgres, startCluster } from './postgres.ts'
import { every } from './rows.ts'

const PROGRAM = fileURLToPath(new URL('lost-machine.ts', import.meta.url))

const NEEDS = canSeparate() ? '' : ' (needs network namespaces: unshare --net, as root)'

describeWithPostgres(`a store whose owner has lost its machine${NEEDS}`, () => {
  it.skipIf(NEEDS !== '')('is free for the next one, although the database hears of no end', async () => {
    const machine = await Namespace.start()
    onTestFinished(() => machine.close())
    const cable = await Cable.lay(machine, 'database')
    const cluster = await startCluster(0, { addresses: [cable.here] })
    onTestFinished(() => cluster.close())
    const url = cluster.url({ host: cable.here, port: cluster.primary.port })
    const [command = '', ...args] = [...machine.wrapper, process.execPath, PROGRAM, url]
    const owner = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const gone = once(owner, 'exit')
    onTestFinished(async () => {
      owner.kill('SIGKILL')
      await gone
    })
    const [said] = await Promise.race([once(owner.stdout, 'data'), gone])
    expect(String(said)).toBe('in the middle of it\n')
    await cable.cut()
    owner.kill('SIGKILL')

    const next = await postgresStore(cluster.url(), { acceptUnreplicated: true, standby: {} })
    onTestFinished(() => next.close())
    expect(await every(next.history.all(0))).toMatchObject([{ position: 1, input: 'kept' }])
  })
})
