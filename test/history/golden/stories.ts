/** The runs of the golden journals. */
import { scriptedAcd } from '../../../src/testing/index.ts'
import { setTraps } from '../../engine/traps.ts'
import type { Stage, StageOptions } from './stage.ts'

export interface Story {
  readonly name: string
  options?(): StageOptions
  run(on: Stage): Promise<void>
}

const EMAIL = '5001'
const CHAT = '5002'
const SOCIAL = '5003'
const ANA = '1001'
const BEN = '1002'
const CHRIS = '1234'

const signIn = (user: string, extension = user) => ({ type: 'user.signIn', user, extension }) as const
const is = (user: string, state: 'READY' | 'NOT_READY' | 'LOGOUT') =>
  ({ type: 'user.setState', user, state, requestId: 'r2' }) as const

/** Work in e-mail, chat and voice at once: chat and voice interrupt e-mail. */
async function interrupts(on: Stage, interruptAction: 'ACCEPT' | 'IGNORE'): Promise<void> {
  await on.say(signIn(ANA), is(ANA, 'READY'))
  await on.ready(ANA, [EMAIL, CHAT], { interruptAction })
  const email = await on.submit(EMAIL, 'email_support')
  await on.act(email, 'ACCEPT', 'START')
  const chat = await on.submit(CHAT, 'chat_sales')
  await on.act(chat, 'ACCEPT', 'START')
  await on.act(email, 'PAUSE')
  const call = await on.call(ANA)
  await on.onCall(ANA, call, 'ANSWER')
  await on.crash()
  await on.onCall(ANA, call, 'DROP')
  await on.act(chat, 'WRAP_UP', 'CLOSE')
  await on.pass(90)
  await on.act(email, 'PAUSE', 'RESUME', 'WRAP_UP', 'CLOSE')
}

export const STORIES: readonly Story[] = [
  { name: 'interrupt-accept', run: (on) => interrupts(on, 'ACCEPT') },
  { name: 'interrupt-ignore', run: (on) => interrupts(on, 'IGNORE') },
  {
    name: 'start-timeout-cascade',
    async run(on) {
      await on.ready(ANA, [CHAT], { dialogLogoutAction: 'TRANSFER' })
      await on.ready(BEN, [CHAT, EMAIL])
      await on.submit(CHAT, 'chat_sales')
      await on.pass(31)
      await on.pass(31)
      for (const user of [ANA, BEN]) await on.say({ type: 'media.setRoutable', user, mrd: CHAT, routable: true })
      const [open] = on.acd.tasks().filter(({ state }) => state === 'reserved')
      const dialog = open?.dialogId ?? ''
      await on.act(dialog, 'ACCEPT', 'START')
      const user = dialog.split('_')[1] ?? ''
      for (const mode of ['timeout', 'refuse', 'late'] as const) {
        await on.engine.fault({ type: 'resubmission', side: 'A', mode, up: false })
        await on.say({ type: 'dialog.act', user, dialog, action: 'TRANSFER', target: 'email_support' })
        await on.pass(61)
        await on.engine.fault({ type: 'resubmission', side: 'A', mode, up: true })
      }
      await on.crash()
      await on.say({ type: 'dialog.act', user, dialog, action: 'TRANSFER', target: 'email_support' })
      await on.submit(CHAT, 'chat_support', ANA)
      await on.say({ type: 'media.setState', user: ANA, mrd: CHAT, state: 'LOGOUT' })
      await on.pass(90)
    },
  },
  {
    name: 'calls-with-wrap-up',
    async run(on) {
      await on.say(signIn(BEN), is(BEN, 'READY'), signIn(ANA), is(ANA, 'READY'))
      const first = await on.call(BEN)
      await on.onCall(BEN, first, 'ANSWER')
      await on.say(is(BEN, 'NOT_READY'))
      await on.onCall(BEN, first, 'DROP')
      await on.pass(120)
      await on.say(is(BEN, 'READY'))
      const second = await on.call(BEN)
      await on.onCall(BEN, second, 'ANSWER')
      await on.crash()
      await on.acd.hangUp(second)
      await on.say(is(BEN, 'READY'))
      await on.call(ANA)
      await on.pass(120)
    },
  },
  {
    name: 'calls-through-queues',
    options: () => ({ withQueues: true }),
    async run(on) {
      await on.say(signIn(ANA), is(ANA, 'READY'))
      const first = await on.queueCall('701')
      // Ana does not answer, and the call goes back to its place.
      await on.pass(16)
      await on.crash()
      await on.say(signIn(BEN), is(BEN, 'READY'))
      await on.onCall(BEN, first, 'ANSWER')
      await on.acd.hangUp(await on.queueCall('701'))
      const third = await on.queueCall('701')
      await on.onCall(BEN, first, 'DROP')
      // The wrap-up of Ben is over, and the next call rings.
      await on.pass(35)
      await on.acd.hangUp(third)
      await on.say(is(BEN, 'NOT_READY'))
      await on.queueCall('702')
      await on.crash()
      await on.pass(1300)
    },
  },
  {
    name: 'presence-loss-and-grace',
    options: () => ({ sides: ['A', 'B'] }),
    async run(on) {
      await on.presence(ANA, true)
      await on.presence(BEN, true, 'B')
      await on.say(signIn(ANA), { ...signIn(BEN), side: 'B' })
      await on.ready(ANA, [EMAIL, SOCIAL], { dialogLogoutAction: 'TRANSFER' })
      await on.act(await on.submit(EMAIL, 'email_billing'), 'ACCEPT', 'START')
      await on.presence(ANA, false)
      await on.pass(30)
      await on.presence(ANA, true)
      await on.crash()
      await on.presence(ANA, true)
      await on.presence(ANA, false)
      await on.pass(200)
    },
  },
  {
    name: 'side-move',
    options: () => ({ sides: ['A', 'B'] }),
    async run(on) {
      await on.presence(ANA, true)
      await on.say(signIn(ANA), is(ANA, 'READY'))
      await on.ready(ANA, [EMAIL, CHAT], { dialogLogoutAction: 'TRANSFER' })
      await on.act(await on.submit(EMAIL, 'email_billing', ANA), 'ACCEPT', 'START')
      const chat = await on.submit(CHAT, 'chat_sales', ANA)
      await on.engine.fault({ type: 'side', side: 'A', up: false })
      await on.presence(ANA, true, 'B')
      await on.say({ ...signIn(ANA), side: 'B' })
      await on.crash()
      await on.presence(ANA, true, 'B')
      await on.ready(ANA, [EMAIL, CHAT], { side: 'B' })
      await on.act(chat, 'ACCEPT', 'START')
      await on.engine.fault({ type: 'side', side: 'A', up: true })
      await on.presence(ANA, true)
      await on.presence(ANA, false, 'B')
      await on.pass(200)
    },
  },
  {
    name: 'required-presence',
    options: () => ({ sides: ['A', 'B'], settings: { requirePresenceAfterSignIn: true } }),
    async run(on) {
      await on.say(signIn(ANA), is(ANA, 'READY'), { ...signIn(BEN), side: 'B' })
      await on.pass(30)
      await on.presence(ANA, true)
      await on.crash()
      await on.pass(59)
      await on.presence(ANA, true)
      await on.pass(61)
      await on.ready(BEN, [CHAT], { side: 'B' })
      await on.pass(59)
      await on.presence(BEN, true, 'B')
      await on.pass(200)
    },
  },
  {
    name: 'forced-sign-out',
    options: () => ({ settings: { logoutOnAgentDisconnect: 1 } }),
    async run(on) {
      await on.say(signIn(CHRIS, '1001001'), signIn(ANA), is(ANA, 'READY'), signIn(BEN), is(BEN, 'READY'))
      await on.ready(ANA, [CHAT], { dialogLogoutAction: 'CLOSE' })
      await on.act(await on.submit(CHAT, 'chat_sales'), 'ACCEPT', 'START')
      await on.say({ type: 'user.setState', user: BEN, state: 'NOT_READY', by: 'supervisor' })
      await on.say({ type: 'user.setState', user: BEN, state: 'LOGOUT', by: 'supervisor', requestId: 'r3' })
      await on.presence(ANA, true)
      await on.presence(ANA, false)
      await on.pass(90)
    },
  },
  {
    name: 'acd-link-loss',
    async run(on) {
      await on.say(
        {
          type: 'user.signIn',
          user: CHRIS,
          extension: '1001001',
          mobileAgent: { mode: 'NAILED_CONNECTION', dialNumber: '5550199' },
        },
        signIn(ANA),
      )
      await on.ready(ANA, [EMAIL, CHAT], { dialogLogoutAction: 'TRANSFER' })
      await on.act(await on.submit(EMAIL, 'email_support'), 'ACCEPT', 'START')
      await on.submit(CHAT, 'chat_sales')
      await on.presence(ANA, true)
      await on.engine.fault({ type: 'acd-link', side: 'A', up: false })
      await on.pass(45)
      await on.engine.fault({ type: 'acd-link', side: 'A', up: true })
      await on.engine.fault({ type: 'app-path', side: 'A', up: false })
      await on.pass(1300)
      await on.engine.fault({ type: 'app-path', side: 'A', up: true })
      await on.crash()
      await on.engine.adapters.notificationService('A', false)
      await on.engine.adapters.notificationService('A', true)
      await on.pass(90)
    },
  },
  {
    name: 'peripheral-gateway-failure',
    async run(on) {
      await on.say(signIn(ANA))
      await on.ready(ANA, [EMAIL, CHAT])
      await on.act(await on.submit(EMAIL, 'email_support'), 'ACCEPT', 'START', 'PAUSE')
      await on.act(await on.submit(CHAT, 'chat_sales'), 'ACCEPT', 'START')
      await on.engine.fault({ type: 'peripheral-gateway', side: 'A', both: false, up: false })
      await on.engine.fault({ type: 'peripheral-gateway', side: 'A', both: false, up: true })
      await on.engine.fault({ type: 'peripheral-gateway', side: 'A', both: true, up: false })
      await on.pass(90)
      await on.engine.fault({ type: 'peripheral-gateway', side: 'A', both: true, up: true })
      await on.say({ type: 'media.setState', user: ANA, mrd: EMAIL, state: 'READY' })
    },
  },
  {
    name: 'follower',
    options: () => ({ role: 'follower' }),
    async run(on) {
      await on.engine.userEvent({ kind: 'user', user: ANA, state: 'NOT_READY', extension: ANA, reasonCodeId: '17' })
      await on.engine.userEvent({ kind: 'user', user: ANA, state: 'WORK_READY' })
      await on.engine.userEvent({ kind: 'media', user: ANA, mrd: EMAIL, state: 'NOT_READY' })
      await on.engine.userEvent({ kind: 'media', user: ANA, mrd: EMAIL, state: 'READY', routable: true })
      const task = { kind: 'task', user: ANA, mrd: EMAIL, dialog: '7_1001_1' } as const
      await on.engine.userEvent({ ...task, state: 'ACTIVE', variables: [{ name: 'callVariable1', value: 'ring' }] })
      await on.crash()
      await on.engine.userEvent({ ...task, state: 'CLOSED' })
      await on.pass(90)
    },
  },
  {
    name: 'external-acd',
    options: () => ({ acd: scriptedAcd({ transfers: 'silence' }) }),
    async run(on) {
      const offer = (offer: string, id: string, mrd: string) =>
        on.engine.acdEvents.offer(ANA, offer, { id, mrd, scriptSelector: 's', variables: [{ name: 'a', value: 'b' }] })
      await offer('o1', 't1', EMAIL)
      await on.ready(ANA, [EMAIL, CHAT])
      await offer('o2', 't2', EMAIL)
      const [dialog = ''] = (on.engine.get.dialogs(ANA, 'nonvoice') ?? []).map(({ id }) => id)
      await on.act(dialog, 'ACCEPT', 'START')
      await offer('o2', 't2', EMAIL)
      await on.crash()
      await on.say({ type: 'dialog.act', user: ANA, dialog, action: 'TRANSFER', target: 'elsewhere' })
      await on.engine.acdEvents.resubmitted(ANA, dialog, { ok: false, reason: 'nobody there', attempt: 1 })
      await on.say({ type: 'dialog.act', user: ANA, dialog, action: 'TRANSFER', target: 'elsewhere' })
      await on.engine.acdEvents.resubmitted(ANA, dialog, { ok: true, task: 't2', attempt: 2 })
      await offer('o3', 't3', CHAT)
      await on.engine.acdEvents.cancel(ANA, 't3')
      await on.pass(90)
    },
  },
  {
    name: 'failed-input',
    async run(on) {
      const traps = setTraps()
      const failing = async (trap: string, work: () => Promise<unknown>) => {
        traps.arm(trap)
        await work()
        if (traps.sprung === 0) throw new Error(`${trap} was not used`)
      }
      try {
        await failing('user guard isForeignExtension', () => on.say(signIn(ANA)))
        await on.say(signIn(ANA), is(ANA, 'READY'))
        await on.ready(ANA, [EMAIL, CHAT])
        // The offer is returned to the queue. Nothing is offered there again before the agent's next availability.
        await failing('media guard mayTakeTask', () => on.submit(EMAIL, 'email_support'))
        await on.pass(90)
        await on.crash()
        await on.submit(CHAT, 'chat_sales')
        const state = { type: 'media.setState', user: ANA, mrd: EMAIL } as const
        await on.say({ ...state, state: 'NOT_READY' }, { ...state, state: 'READY' })
        await failing('task context', () => on.submit(EMAIL, 'email_billing', ANA))
        await failing('task action resubmitAfterTimeout', () => on.pass(31))
        await on.pass(90)
      } finally {
        traps.remove()
      }
    },
  },
]
