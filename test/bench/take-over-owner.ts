/**
 * The server that is killed: `node take-over-owner.ts URL DIRECTORY`. All agents of the directory are connected and signed
 * in, and the first one is called. Then it says `ready`.
 */
import { startServer } from '../../src/cli/server.ts'
import { loadDirectory } from '../../src/directory/index.ts'

/** Agents who sign in at once, so that they share commits. */
const TOGETHER = 500

const [data = '', file = ''] = process.argv.slice(2)
const directory = await loadDirectory(file)
const { engine } = await startServer({ data, directory, restPort: 0, httpBindPort: 0, xmppPort: 0 })
const ids = directory.directory.users.map(({ id }) => id)
for (let first = 0; first < ids.length; first += TOGETHER) {
  const given = ids
    .slice(first, first + TOGETHER)
    .flatMap((user) => [
      engine.adapters.presence({ user, side: 'A', session: `${user}@localhost/desktop`, available: true }),
      engine.command({ type: 'user.signIn', user, extension: user }),
      engine.command({ type: 'user.setState', user, state: 'READY' }),
    ])
  await Promise.all(given)
}
process.stdout.write('signed in\n')
// The standby has followed so far when the next line comes.
process.stdin.once('data', async () => {
  await engine.acd?.submitCall({ from: '5550100', to: ids[0] ?? '' })
  process.stdout.write('ready\n')
})
