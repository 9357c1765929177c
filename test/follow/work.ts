/** Random work of agents, customers and the ACD. Requests that Finesse refuses are part of it. */
import type { Site } from '../conformance/server.ts'
import type { Pick } from './random-run.ts'

const BODIES = [
  ['', '<User><state>LOGIN</state><extension>EXT</extension></User>'],
  ['', '<User><state>LOGIN</state><extension>EXT</extension></User>'],
  ['', '<User><state>READY</state></User>'],
  ['', '<User><state>READY</state></User>'],
  ['', '<User><state>NOT_READY</state><reasonCodeId>17</reasonCodeId></User>'],
  ['', '<User><state>LOGOUT</state></User>'],
  [
    '/Media/5001',
    '<Media><state>LOGIN</state><maxDialogLimit>2</maxDialogLimit><interruptAction>ACCEPT</interruptAction></Media>',
  ],
  [
    '/Media/5002',
    '<Media><state>LOGIN</state><maxDialogLimit>3</maxDialogLimit><interruptAction>IGNORE</interruptAction></Media>',
  ],
  ['/Media/5001', '<Media><state>READY</state></Media>'],
  ['/Media/5002', '<Media><state>READY</state></Media>'],
  ['/Media/5002', '<Media><routable>false</routable></Media>'],
  ['/Media/5001', '<Media><state>LOGOUT</state></Media>'],
] as const

const SELECTORS = ['email_support', 'chat_sales'] as const
const ACTIONS = ['ACCEPT', 'START', 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE'] as const
const ON_CALLS = ['ANSWER', 'HOLD', 'RETRIEVE', 'DROP'] as const

/** One request, at one of the sides. */
export async function work(at: Site, users: readonly string[], pick: Pick, draw: () => number): Promise<void> {
  const user = pick(users) ?? ''
  const place = pick([at.at, at.atB])
  const agent = at.restOnly(user, undefined, place)
  const dialog = pick(at.server.engine.get.dialogs(user, 'all') ?? [])
  const kind = draw()
  try {
    if (kind < 0.4) {
      const [path, body] = pick(BODIES) ?? BODIES[0]
      await agent.put(`User/${user}${path}`, body.replace('EXT', user))
    } else if (kind < 0.5) await at.acd('POST', '/tasks', { scriptSelector: pick(SELECTORS) ?? '' }, place)
    else if (kind < 0.55) await at.acd('POST', '/calls', { from: '5550100', to: user }, place)
    else if (dialog?.kind === 'task')
      await agent.put(`Dialog/${dialog.id}`, `<Dialog><requestedAction>${pick(ACTIONS)}</requestedAction></Dialog>`)
    else if (dialog && draw() < 0.3) await at.acd('POST', `/calls/${dialog.id}`, { action: 'HANGUP' }, place)
    else if (dialog) {
      const target = `<targetMediaAddress>${user}</targetMediaAddress>`
      const action = `<requestedAction>${pick(ON_CALLS)}</requestedAction>`
      await agent.put(`Dialog/${dialog.id}`, `<Dialog>${target}${action}</Dialog>`)
    }
  } catch {
    // A lost side answers nothing.
  }
}
