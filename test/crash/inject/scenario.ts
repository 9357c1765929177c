/**
 * A fixed day in a small contact centre, with some of everything that a crash can cut in two. Each step looks up its
 * objects again, because a crash may lie before it.
 */
import type { TaskAction } from '../../../machines/wire.ts'
import type { VirtualClock } from '../../../src/testing/virtual-clock.ts'
import type { Life } from './life.ts'

export interface Step {
  readonly name: string
  /** When given, so much time passes, and `run` is not called. */
  readonly seconds?: number
  readonly run: (life: Life) => Promise<unknown> | undefined
}

const step = (name: string, run: Step['run']): Step => ({ name, run })
const pass = (seconds: number): Step => ({ name: `${seconds} s pass`, seconds, run: () => undefined })

const presence = (user: string, available: boolean) =>
  step(`${user} ${available ? 'comes' : 'goes'}`, ({ engine }) =>
    engine.adapters.presence({ user, side: 'A', session: `${user}@localhost/one`, available }),
  )
const signIn = (user: string) =>
  step(`${user} signs in`, ({ engine }) => engine.command({ type: 'user.signIn', user, extension: user }))
const state = (user: string, to: 'READY' | 'NOT_READY' | 'LOGOUT') =>
  step(`${user} ${to}`, ({ engine }) => engine.command({ type: 'user.setState', user, state: to }))
const media = (user: string, mrd: string, interruptAction: 'ACCEPT' | 'IGNORE', maxDialogLimit = 2) =>
  step(`${user} signs in to ${mrd}`, ({ engine }) =>
    engine.command({
      type: 'media.signIn',
      user,
      mrd,
      maxDialogLimit,
      interruptAction,
      dialogLogoutAction: 'TRANSFER',
    }),
  )
const mediaState = (user: string, mrd: string, to: 'READY' | 'NOT_READY' | 'LOGOUT') =>
  step(`${user} ${to} in ${mrd}`, ({ engine }) => engine.command({ type: 'media.setState', user, mrd, state: to }))

/** An action on the user's newest dialog that allows it. */
const act = (user: string, mrd: string, action: TaskAction, target?: string) =>
  step(`${user} ${action} in ${mrd}`, ({ engine }) => {
    const dialogs = engine.get.dialogs(user, 'nonvoice', mrd) ?? []
    const dialog = dialogs.findLast((each) => each.kind === 'task' && each.actions.includes(action))
    if (!dialog) return undefined
    return engine.command({ type: 'dialog.act', user, dialog: dialog.id, action, ...(target ? { target } : {}) })
  })
const onCall = (user: string, action: 'ANSWER' | 'DROP') =>
  step(`${user} ${action}`, ({ engine }) => {
    const call = engine.get.dialogs(user, 'voice')?.[0]
    return call && engine.command({ type: 'call.act', user, dialog: call.id, action, targetMediaAddress: user })
  })
const fault = (type: 'acd-link' | 'app-path', up: boolean) =>
  step(`${type} ${up ? 'comes back' : 'fails'}`, ({ engine }) => engine.fault({ type, side: 'A', up }))

const wrongPassword = (user: string) =>
  step(`${user} mistypes`, ({ adapters }) => adapters.accounts.verify(user, 'wrong'))
const subscribe = (node: string) =>
  step(`subscription to ${node}`, async ({ adapters }) => {
    adapters.subscriptions.add({ node, jid: { local: '1234', domain: 'localhost', resource: 'one' } })
  })

const MRD_OF: Readonly<Record<string, string>> = { email_support: '5001', chat_sales: '5002', social_support: '5003' }

/** The source of work: the built-in ACD or an external one. */
interface Source {
  submit(name: string, scriptSelector: string, agentId: string): Step
  abandon(name: string, agentId: string): Step
  call(to: string): readonly Step[]
}

const builtIn: Source = {
  submit: (name, scriptSelector, agentId) =>
    step(`task ${name} comes`, ({ engine }) =>
      engine.acd?.submitTask({ mrd: MRD_OF[scriptSelector] ?? '', scriptSelector, ...(agentId ? { agentId } : {}) }),
    ),
  abandon: (name) =>
    step(`task ${name} is given up`, ({ engine }) => {
      const open = engine.acd?.tasks().findLast(({ state: at }) => at === 'queued' || at === 'reserved')
      return open && engine.acd?.abandonTask(open.id).catch(() => undefined)
    }),
  call: (to) => [step(`call for ${to}`, ({ engine }) => engine.acd?.submitCall({ from: '5550100', to }))],
}

const outside: Source = {
  submit: (name, scriptSelector, agentId) =>
    step(`task ${name} is offered`, ({ engine }) =>
      engine.acdEvents.offer(agentId || '1001', `offer-${name}`, {
        id: name,
        mrd: MRD_OF[scriptSelector] ?? '',
        scriptSelector,
        variables: [{ name: 'callVariable1', value: name }],
      }),
    ),
  abandon: (name, agentId) => step(`task ${name} is given up`, ({ engine }) => engine.acdEvents.cancel(agentId, name)),
  call: () => [],
}

/** The steps, for the built-in ACD or an external one. */
export function scenario(external: boolean): readonly Step[] {
  const acd = external ? outside : builtIn
  return [
    ...['1001', '1002'].flatMap((user) => [presence(user, true), signIn(user), state(user, 'READY')]),
    subscribe('/finesse/api/Team/2001/Users'),
    ...['1001', '1002'].flatMap((user) => [
      media(user, '5001', user === '1001' ? 'ACCEPT' : 'IGNORE'),
      media(user, '5002', 'IGNORE'),
      mediaState(user, '5001', 'READY'),
      mediaState(user, '5002', 'READY'),
    ]),
    acd.submit('a', 'email_support', '1001'),
    act('1001', '5001', 'ACCEPT'),
    act('1001', '5001', 'START'),
    // An interrupt and its end.
    acd.submit('b', 'chat_sales', '1001'),
    act('1001', '5002', 'ACCEPT'),
    act('1001', '5002', 'START'),
    wrongPassword('1004'),
    wrongPassword('1004'),
    act('1001', '5002', 'PAUSE'),
    act('1001', '5002', 'RESUME'),
    act('1001', '5002', 'WRAP_UP'),
    act('1001', '5002', 'CLOSE'),
    act('1001', '5001', 'TRANSFER', 'social_support'),
    // Refused; the error is sent as a notification.
    mediaState('1003', '5001', 'READY'),
    // The agent does not start it: the Start Timeout gives it to the other agent.
    acd.submit('c', 'chat_sales', ''),
    pass(31),
    act('1002', '5002', 'ACCEPT'),
    ...acd.call('1002'),
    onCall('1002', 'ANSWER'),
    act('1002', '5002', 'START'),
    wrongPassword('1004'),
    wrongPassword('1004'),
    wrongPassword('1004'),
    onCall('1002', 'DROP'),
    subscribe('/finesse/api/User/1002'),
    acd.submit('d', 'email_support', '1002'),
    acd.abandon('d', '1002'),
    fault('acd-link', false),
    fault('acd-link', true),
    // Two agents in one tick.
    step('two become READY at once', ({ engine }) =>
      Promise.all(
        ['1001', '1002'].map((user) => engine.command({ type: 'media.setState', user, mrd: '5001', state: 'READY' })),
      ),
    ),
    acd.submit('e', 'email_support', '1001'),
    act('1001', '5001', 'ACCEPT'),
    // 1001 is away for longer than the grace period: signed out by force, and the task goes to another agent.
    presence('1001', false),
    pass(61),
    state('1002', 'NOT_READY'),
    mediaState('1002', '5002', 'LOGOUT'),
  ]
}

/** Plays steps from `first` on. Returns the step at which the engine died, or their number. */
export async function play(life: Life, clock: VirtualClock, steps: readonly Step[], first = 0): Promise<number> {
  for (const [index, { run, seconds }] of steps.entries()) {
    if (index < first) continue
    if (seconds !== undefined) await clock.advance(seconds * 1000)
    else await life.act(run)
    if (!life.isAlive) return index
  }
  return steps.length
}
