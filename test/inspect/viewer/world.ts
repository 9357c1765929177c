/** A whole server in virtual time for the viewer, with an agent at work. */
import type { LegAction } from '../../../machines/wire.ts'
import { type RunningServer, type ServerOptions, startServer } from '../../../src/cli/server.ts'
import type { Command } from '../../../src/engine/commands.ts'

export const AGENT = '1001'
export const EMAIL = '5001'
export const CHAT = '5002'

const SELECTORS: Readonly<Record<string, string>> = { [EMAIL]: 'email_support', [CHAT]: 'chat_sales' }

export class World {
  readonly server: RunningServer
  /** `http://127.0.0.1:…` */
  readonly base: string

  private constructor(server: RunningServer) {
    this.server = server
    this.base = `http://127.0.0.1:${server.ports.rest}`
  }

  static async begin(options: ServerOptions = {}): Promise<World> {
    const ports = { restPort: 0, httpBindPort: 'off', xmppPort: 'off' } as const
    return new World(await startServer({ ...ports, virtualTime: true, inspect: 'viewer', ...options }))
  }

  close(): Promise<void> {
    return this.server.close()
  }

  /** Waits a second, then sends a command. */
  async does(command: Command): Promise<void> {
    await this.server.virtualTime?.advance(1000)
    const answer = await this.server.engine.command(command)
    if (!answer.accepted) throw new Error(`${command.type}: ${JSON.stringify(answer)}`)
  }

  async signsIn(user = AGENT): Promise<void> {
    await this.does({ type: 'user.signIn', user, extension: user })
    for (const mrd of [EMAIL, CHAT]) {
      await this.does({ type: 'media.signIn', user, mrd, maxDialogLimit: 3, interruptAction: 'ACCEPT' })
      await this.does({ type: 'media.setState', user, mrd, state: 'READY' })
    }
  }

  /** Submits a task, which the agent accepts and starts. Returns its dialog. */
  async works(mrd: string, variable = '', user = AGENT): Promise<string> {
    const variables = { callVariable1: variable }
    await this.server.virtualTime?.advance(1000)
    const scriptSelector = SELECTORS[mrd] ?? ''
    const answer = await fetch(`${this.base}/acd/tasks`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('admin:secret')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ scriptSelector, agentId: user, variables }),
    })
    if (!answer.ok) throw new Error(await answer.text())
    await this.server.virtualTime?.advance(1000)
    const dialog = this.server.engine.get.dialogs(user, 'nonvoice', mrd)?.at(-1)?.id
    if (dialog === undefined) throw new Error(`no dialog of ${user} in ${mrd}`)
    await this.acts(dialog, 'ACCEPT', user)
    await this.acts(dialog, 'START', user)
    return dialog
  }

  /** An outside party calls the agent's extension, which is the agent's id. Returns the call. */
  async calls(user = AGENT): Promise<string> {
    await this.server.virtualTime?.advance(1000)
    const call = await this.server.engine.acd?.submitCall({ from: '5550100', to: user })
    if (call === undefined) throw new Error('the call did not arrive')
    return call.id
  }

  /** The agent, who talks, consults another agent, who answers. Returns the consult call. */
  async consults(dialog: string, other: string, user = AGENT): Promise<string> {
    await this.does({ type: 'call.consult', user, dialog, targetMediaAddress: user, toAddress: other })
    const consult = this.server.engine.get.dialogs(other, 'voice')?.at(-1)?.id
    if (consult === undefined) throw new Error(`no call at ${other}`)
    return consult
  }

  onCall(dialog: string, action: LegAction, user = AGENT): Promise<void> {
    return this.does({ type: 'call.act', user, dialog, action, targetMediaAddress: user })
  }

  acts(dialog: string, action: 'ACCEPT' | 'START' | 'PAUSE' | 'CLOSE', user = AGENT): Promise<void> {
    return this.does({ type: 'dialog.act', user, dialog, action })
  }
}
