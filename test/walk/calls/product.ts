/** The product in the walk over calls: a whole engine with two agents, in virtual time. */
import type { Command } from '../../../src/engine/commands.ts'
import type { CallDialogValue } from '../../../src/engine/values.ts'
import { createEngine } from '../../../src/index.ts'
import { virtualClock } from '../../../src/testing/virtual-clock.ts'
import { SAMPLE } from '../../suite/sample.ts'
import { AGENTS, type Agent, type Input, type Party } from './model.ts'

const USERS: Readonly<Record<Agent, string>> = { a: '1001', b: '1002' }
const EMAIL = '5001'
/** Longer than each ringing and each wrap-up. */
const WAIT_MS = 300_000

async function directoryOfWalk() {
  const { directory } = SAMPLE
  const users = directory.users.map((user) =>
    user.id === USERS.b ? { ...user, settings: { ...user.settings, wrapUpOnIncoming: 'REQUIRED' as const } } : user,
  )
  const mediaRoutingDomains = directory.mediaRoutingDomains.map((mrd) => ({
    ...mrd,
    maxTaskDurationSeconds: 1_000_000_000,
  }))
  const settings = { ...directory.settings, enableDropParticipantFor: 'all' as const }
  return { ...directory, users, mediaRoutingDomains, settings }
}

const otherThan = (user: string): string => (user === USERS.a ? USERS.b : USERS.a)

function commandOf({ by, action }: Extract<Input, { do: 'act' }>, dialog: string): Command {
  const user = USERS[by]
  const own = { user, dialog, targetMediaAddress: user }
  if (action === 'TRANSFER' || action === 'CONFERENCE') return { type: 'call.join', ...own, action }
  if (action !== 'PARTICIPANT_DROP') return { type: 'call.act', ...own, action }
  return { type: 'call.dropParticipant', user, dialog, targetMediaAddress: otherThan(user) }
}

/** What clients see after a step. */
export interface Seen {
  readonly calls: readonly (readonly { readonly party: Party; readonly state: string }[])[]
  readonly agents: Readonly<Record<Agent, { readonly user: string; readonly email: string }>>
}

export type Product = Awaited<ReturnType<typeof openProduct>>

/** An engine whose agents are signed in and work on an e-mail each. */
export async function openProduct() {
  const clock = virtualClock()
  const opening = createEngine({ clock, directory: await directoryOfWalk() })
  await clock.settle()
  const engine = await opening
  const { acd } = engine
  if (!acd) throw new Error('the engine has no ACD of its own')

  const finished = async <T>(work: Promise<T>): Promise<T> => {
    await clock.settle()
    return work
  }
  const command = async (given: Command): Promise<void> => {
    await finished(engine.command(given))
  }

  for (const user of Object.values(USERS)) {
    const settings = { maxDialogLimit: 1, interruptAction: 'ACCEPT', dialogLogoutAction: 'CLOSE' } as const
    await command({ type: 'user.signIn', user, extension: user })
    await command({ type: 'media.signIn', user, mrd: EMAIL, ...settings })
    await command({ type: 'media.setState', user, mrd: EMAIL, state: 'READY' })
    await finished(acd.submitTask({ mrd: EMAIL, scriptSelector: 'email_support', agentId: user }))
    const dialog = engine.get.dialogs(user, 'nonvoice')?.[0]?.id ?? ''
    for (const action of ['ACCEPT', 'START'] as const) await command({ type: 'dialog.act', user, dialog, action })
  }

  /** The open calls, oldest first. */
  const calls = (): readonly CallDialogValue[] => acd.calls()
  const partyOf = (user: string | undefined): Party => AGENTS.find((agent) => USERS[agent] === user) ?? 'o'

  return {
    async apply(input: Input): Promise<void> {
      const call = 'call' in input ? (calls()[input.call]?.id ?? '') : ''
      switch (input.do) {
        case 'comes':
          await finished(acd.submitCall({ from: '5550100', to: USERS[input.to] }))
          return
        case 'makes': {
          const user = USERS[input.by]
          await command({ type: 'call.make', user, fromAddress: user, toAddress: otherThan(user) })
          return
        }
        case 'consults':
        case 'sendsOn': {
          const user = USERS[input.by]
          const addresses = { targetMediaAddress: user, toAddress: otherThan(user) }
          const type = input.do === 'consults' ? 'call.consult' : 'call.transferTo'
          await command({ type, user, dialog: call, ...addresses })
          return
        }
        case 'act':
          await command(commandOf(input, call))
          return
        case 'hangsUp':
          await finished(acd.hangUp(call))
          return
        case 'waits':
          await clock.advance(WAIT_MS)
      }
    },
    seen(): Seen {
      const agent = (user: string) => ({
        user: engine.get.user(user)?.state ?? '',
        email: engine.get.media(user, EMAIL).status?.state ?? '',
      })
      return {
        calls: calls().map(({ participants }) =>
          participants
            .filter(({ state }) => state !== 'DROPPED')
            .map(({ user, state }) => ({ party: partyOf(user), state })),
        ),
        agents: { a: agent(USERS.a), b: agent(USERS.b) },
      }
    },
    close: () => engine.close(),
  }
}
