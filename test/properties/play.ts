/** Plays a history step by step, with all checks after each step. */
import { CLASSIFICATIONS } from '../../machines/index.ts'
import type { CallAction, TaskAction } from '../../machines/wire.ts'
import type { Command } from '../../src/engine/commands.ts'
import type { Batch } from '../../src/engine/ports.ts'
import { AcdRefusal } from '../../src/index.ts'
import { left } from './call-checks.ts'
import { Books } from './checks.ts'
import { CALL_AGENTS, type History, MRDS, type Step } from './history.ts'
import type { Chances } from './late.ts'
import { MOBILE, Stage } from './stage.ts'

/** A history failed a check. The message has the transcript up to there and the script. */
export class HistoryFailure extends Error {
  constructor(history: History, transcript: readonly string[], what: readonly string[]) {
    const told = [...transcript, ...what.map((each) => `  ! ${each}`)].join('\n')
    super(`${told}\nreplay this:\n${JSON.stringify(history)}`)
    this.name = 'HistoryFailure'
  }
}

const chosen = <T>(from: readonly T[], pick: number): T | undefined => from[pick % Math.max(1, from.length)]

/** Ignores a refusal by the ACD, which is a valid answer. */
async function unlessRefused(work: Promise<unknown> | undefined): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof AcdRefusal)) throw error
  }
}

type Compound = Extract<Step, { do: 'together' | 'restart' | 'pass' | 'begin' | 'wake' | 'second' }>
type Simple = Exclude<Step, Compound>
const isSimple = (step: Step): step is Simple =>
  !['together', 'restart', 'pass', 'begin', 'wake', 'second'].includes(step.do)

/** The agents' legs on all calls, with what each may do, oldest call first. */
const legs = (stage: Stage) =>
  stage.calls.flatMap(({ id, participants }) =>
    participants.flatMap(({ user, actions }) => (user === undefined ? [] : [{ user, dialog: id, actions }])),
  )

/** Numbers outside that answer, are busy, do not exist, and never answer. */
const OUTSIDE = ['5550001', '5550002', '5550003', '5550004'] as const
/** Numbers that agents call: of agents, outside, and of queues. */
const NUMBERS = [...CALL_AGENTS, ...OUTSIDE, '8000', '8001'] as const

/** A number for an agent to call, which is not the agent's own. */
const numberFor = (user: string, index: number): string => {
  const number = NUMBERS[index % NUMBERS.length] ?? NUMBERS[0]
  return number === user ? '5550001' : number
}

/** Most campaigns of a history. */
const CAMPAIGNS_MAX = 3

/** The command of an action on a call. */
function callCommand(user: string, dialog: string, action: CallAction, index: number): Command {
  const address = user // the extension of a user of the sample is the user's id
  switch (action) {
    case 'TRANSFER':
    case 'CONFERENCE':
      return { type: 'call.join', user, dialog, action, targetMediaAddress: address }
    case 'PARTICIPANT_DROP': {
      const targetMediaAddress = CALL_AGENTS[index % CALL_AGENTS.length] ?? address
      return { type: 'call.dropParticipant', user, dialog, targetMediaAddress }
    }
    case 'UPDATE_CALL_DATA':
      return { type: 'call.setData', user, dialog, wrapUpReason: `reason ${index % 3}` }
    case 'CONSULT_CALL':
      return { type: 'call.consult', user, dialog, targetMediaAddress: address, toAddress: numberFor(user, index) }
    case 'TRANSFER_SST':
      return { type: 'call.transferTo', user, dialog, targetMediaAddress: address, toAddress: numberFor(user, index) }
    case 'RECLASSIFY': {
      const classification = CLASSIFICATIONS[index % CLASSIFICATIONS.length] ?? 'VOICE'
      return { type: 'call.reclassify', user, dialog, targetMediaAddress: address, classification }
    }
    case 'UPDATE_SCHEDULED_CALLBACK': {
      const callbackNumber = OUTSIDE[index % OUTSIDE.length] ?? '5550001'
      // The clock of a history begins in 1970, so a time of today is over, or minutes away.
      const callbackTime = index % 3 === 0 ? undefined : `1970-01-01T00:0${index % 10}`
      return { type: 'call.setCallback', user, dialog, targetMediaAddress: address, callbackNumber, callbackTime }
    }
    case 'CANCEL_SCHEDULED_CALLBACK':
      return { type: 'call.cancelCallback', user, dialog, targetMediaAddress: address }
    case 'SEND_DTMF':
      return { type: 'call.sendDtmf', user, dialog, targetMediaAddress: address, tones: '1' }
    default:
      return { type: 'call.act', user, dialog, action, targetMediaAddress: address }
  }
}

/** The command of a step, with the object that it picks now. `undefined` if the step is not a command. */
function commandOf(stage: Stage, step: Simple): Command | undefined {
  switch (step.do) {
    case 'user.signIn':
      return { type: 'user.signIn', user: step.user, extension: step.user }
    case 'user.state':
      return { type: 'user.setState', user: step.user, state: step.state, by: step.by ?? 'self' }
    case 'media.signIn': {
      const { user, mrd, limit, answer, atSignOut } = step
      const settings = { maxDialogLimit: limit, interruptAction: answer, dialogLogoutAction: atSignOut }
      return { type: 'media.signIn', user, mrd, ...settings }
    }
    case 'media.state':
      return { type: 'media.setState', user: step.user, mrd: step.mrd, state: step.state }
    case 'media.routable':
      return { type: 'media.setRoutable', user: step.user, mrd: step.mrd, routable: step.routable }
    case 'act':
    case 'wildAct': {
      const dialog = chosen(stage.dialogs, step.pick)
      const action: TaskAction | undefined =
        step.do === 'act' ? chosen(dialog?.actions ?? [], step.choice) : step.action
      if (!dialog || !action) return undefined
      return { type: 'dialog.act', user: dialog.user, dialog: dialog.id, action, target: step.target }
    }
    case 'answer':
    case 'drop': {
      const call = chosen(stage.calls, step.pick)
      const user = call?.participants.find((party) => party.user !== undefined)?.user
      if (!call || user === undefined) return undefined
      const action = step.do === 'answer' ? 'ANSWER' : 'DROP'
      return { type: 'call.act', user, dialog: call.id, action, targetMediaAddress: user }
    }
    case 'makeCall':
      return { type: 'call.make', user: step.user, fromAddress: step.user, toAddress: numberFor(step.user, step.pick) }
    case 'mobile': {
      const mobileAgent = { mode: step.mode, dialNumber: chosen(OUTSIDE, step.pick) ?? '' }
      return { type: 'user.signIn', user: MOBILE, extension: MOBILE, mobileAgent }
    }
    case 'monitor':
      return { type: 'call.monitor', user: step.user, fromAddress: step.user, toAddress: step.to }
    case 'barge': {
      const call = chosen(
        stage.calls.filter(({ monitor }) => monitor),
        step.pick,
      )
      if (!call?.monitor) return undefined
      const { supervisor: user, agent: toAddress } = call.monitor
      return { type: 'call.barge', user, fromAddress: user, toAddress, monitor: call.id }
    }
    case 'callAct': {
      const leg = chosen(legs(stage), step.pick)
      const action = chosen(
        leg?.actions.filter((each) => each !== 'BARGE_CALL' && each !== 'START_RECORDING') ?? [],
        step.choice,
      )
      return leg && action && callCommand(leg.user, leg.dialog, action, step.to)
    }
    case 'wildCallAct': {
      const call = chosen(stage.calls, step.pick)
      return call && callCommand(step.user, call.id, step.action, step.pick)
    }
    default:
      return undefined
  }
}

interface Prepared {
  readonly words: string
  /** Begins the step. Resolves at its end. Rejects if the store refuses it, and may then be called again. */
  readonly run: () => Promise<unknown>
}

/** Picks the object of a step. Returns the step as text, and what begins it. */
function prepare(stage: Stage, books: Books, step: Simple): Prepared {
  const { engine, acd } = stage
  const { side = 'A' } = step
  const found = commandOf(stage, step)
  const command: Command | undefined = found && { ...found, side }
  if (command) return { words: JSON.stringify(command), run: () => stage.command(command) }
  const words = JSON.stringify(step)
  switch (step.do) {
    case 'submit': {
      const { selector, pinned } = step
      const task = { scriptSelector: selector, mrd: mrdOf(selector), ...(pinned ? { agentId: pinned } : {}) }
      return { words, run: () => unlessRefused(acd.submitTask(task).then(({ id }) => books.submitted(id))) }
    }
    case 'abandon': {
      const task = chosen(
        stage.tasks.filter(({ state }) => state === 'queued' || state === 'reserved'),
        step.pick,
      )
      return { words: `${words} ${task?.id}`, run: () => unlessRefused(task && acd.abandonTask(task.id)) }
    }
    case 'call':
      return { words, run: () => unlessRefused(acd.submitCall({ from: '5550100', to: step.user })) }
    case 'outsideCall':
      return { words, run: () => unlessRefused(acd.submitCall({ from: '5550100', to: chosen(OUTSIDE, step.pick) })) }
    case 'queueCall':
      return { words, run: () => unlessRefused(acd.submitCall({ from: '5550100', queue: step.queue })) }
    case 'campaign': {
      const { queue, mode, pick } = step
      const count = acd.campaigns.all().length
      if (count === CAMPAIGNS_MAX) return { words: `${words}: enough`, run: async () => undefined }
      const contacts = OUTSIDE.map((_, place) => ({ number: chosen(OUTSIDE, pick + place) ?? '5550001' }))
      const settings = { linesPerAgent: 1 + (pick % 3), retrySeconds: 20, previewSeconds: 15, noAnswerSeconds: 10 }
      const campaign = { id: `c${count}`, mode, queue, contacts, ...settings }
      return { words, run: () => unlessRefused(acd.campaigns.create(campaign)) }
    }
    case 'runCampaign': {
      const { id } = chosen(acd.campaigns.all(), step.pick) ?? {}
      if (id === undefined) return { words: `${words}: nothing there`, run: async () => undefined }
      return { words: `${words} ${id}`, run: () => unlessRefused(acd.campaigns.run(id, step.isRunning)) }
    }
    case 'hangUp': {
      const call = chosen(stage.calls, step.pick)
      return { words: `${words} ${call?.id}`, run: () => unlessRefused(call && acd.hangUp(call.id)) }
    }
    case 'presence': {
      const { user, available } = step
      return {
        words,
        run: () => engine.adapters.presence({ user, side, session: `${user}@history-${side}/one`, available }),
      }
    }
    case 'link':
      return { words, run: () => engine.fault({ type: 'acd-link', side, up: step.up }) }
    case 'lost':
      return { words, run: () => engine.fault({ type: 'side', side, up: step.up }) }
    case 'path':
      return { words, run: () => engine.fault({ type: 'app-path', side, up: step.up }) }
    case 'gateway':
      return { words, run: () => engine.fault({ type: 'peripheral-gateway', side, both: step.both, up: step.up }) }
    case 'resubmission':
      return { words, run: () => engine.fault({ type: 'resubmission', side, mode: step.mode, up: step.up }) }
    default:
      return { words: `${words}: nothing there`, run: async () => undefined }
  }
}

const mrdOf = (selector: string): string =>
  selector.startsWith('email') ? '5001' : selector.startsWith('chat') ? '5002' : '5003'

function beginning(stage: Stage, pick: number): readonly Command[] {
  const offered = stage.dialogs.filter(({ state }) => state === 'OFFERED')
  const { id: dialog, user } = chosen(offered, pick) ?? {}
  if (dialog === undefined || user === undefined) return []
  return (['ACCEPT', 'START'] as const).map((action) => ({ type: 'dialog.act', user, dialog, action }))
}

function waking(stage: Stage, user: string, limit: number): readonly Command[] {
  return MRDS.flatMap((mrd): Command[] => {
    const { status } = stage.engine.get.media(user, mrd)
    if (!status) return []
    const settings = { maxDialogLimit: limit, interruptAction: 'ACCEPT', dialogLogoutAction: 'TRANSFER' } as const
    return [
      ...(status.state === 'LOGOUT' ? [{ type: 'media.signIn', user, mrd, ...settings } as const] : []),
      { type: 'media.setState', user, mrd, state: 'READY' },
      ...(status.routable ? [] : [{ type: 'media.setRoutable', user, mrd, routable: true } as const]),
    ]
  })
}

/** A second call to an agent who is on one. @returns the step as text */
async function second(stage: Stage, pick: number): Promise<string> {
  const { user } = chosen(legs(stage), pick) ?? {}
  if (user === undefined) return 'nobody is on a call'
  const [call] = await stage.insist(() => stage.acd.submitCall({ from: '5550199', to: user }))
  const dialog = call?.id ?? ''
  await carryOut(stage, { type: 'call.act', user, dialog, action: 'ANSWER', targetMediaAddress: user })
  return `${user} answers a second call, ${dialog}`
}

/** Plays one step to its end. Returns it as text. */
async function take(stage: Stage, books: Books, step: Step): Promise<string> {
  if (step.do === 'pass') {
    await stage.clock.advance(step.seconds * 1000)
    await stage.quiet()
    return `${step.seconds} s pass`
  }
  if (step.do === 'restart') {
    await stage.quiet()
    const before = stage.reads()
    await stage.restart(step.crash)
    books.sameReads(before, stage.reads())
    return step.crash ? 'crash and restart' : 'restart'
  }
  if (step.do === 'begin' || step.do === 'wake') {
    const commands = step.do === 'begin' ? beginning(stage, step.pick) : waking(stage, step.user, step.limit)
    for (const command of commands) await carryOut(stage, { ...command, side: step.side ?? 'A' })
    return commands.map((command) => JSON.stringify(command)).join(' then ')
  }
  if (step.do === 'second') return second(stage, step.pick)
  const steps = step.do === 'together' ? step.steps : [step]
  const prepared = steps.filter(isSimple).map((each) => prepare(stage, books, each))
  await stage.insist(...prepared.map(({ run }) => run))
  return prepared.map(({ words }) => words).join(' together with ')
}

const opening = ({ ready }: History): readonly Step[] =>
  ready.flatMap(({ user, limit, answer }): Step[] => [
    { do: 'user.signIn', user },
    { do: 'user.state', user, state: 'READY' },
    ...MRDS.flatMap((mrd): Step[] => [
      { do: 'media.signIn', user, mrd, limit, answer, atSignOut: limit === 1 ? 'CLOSE' : 'TRANSFER' },
      { do: 'media.state', user, mrd, state: 'READY' },
    ]),
  ])

/**
 * Everybody hangs up, as often as it takes, and time passes.
 *
 * @returns what is left of the calls all the same
 */
async function ending(stage: Stage, books: Books): Promise<readonly string[]> {
  for (const { id } of stage.acd.campaigns.all()) {
    await stage.insist(() => unlessRefused(stage.acd.campaigns.run(id, false)))
  }
  for (let round = 0; round < 12 && stage.calls.length > 0; round += 1) {
    for (const { id, participants } of stage.calls) {
      for (const { user, actions } of participants)
        if (user !== undefined && actions.includes('DROP'))
          await carryOut(stage, { type: 'call.act', user, dialog: id, action: 'DROP', targetMediaAddress: user })
      await stage.insist(() => unlessRefused(stage.acd.hangUp(id)))
    }
    await stage.clock.advance(120_000)
  }
  await stage.clock.advance(120_000)
  await stage.quiet()
  return [...books.wrong(), ...left(stage)]
}

async function carryOut(stage: Stage, command: Command): Promise<void> {
  await stage.insist(() => stage.command(command))
}

/** The numbers outside behave as `NUMBERS` says. */
async function setNetwork(stage: Stage): Promise<void> {
  const numbers = {
    '5550002': { outcome: 'busy' },
    '5550003': { outcome: 'bad-number' },
    '5550004': { outcome: 'no-answer' },
  } as const
  const set = { default: { outcome: 'answer', ringSeconds: 4, talkSeconds: 30 }, numbers } as const
  await stage.insist(() => stage.acd.changeNetwork(set))
}

/** Counts of the states and steps that histories reached. */
export type Visited = Map<string, number>

/** Observers of a history. */
export interface Watching {
  readonly visited?: Visited
  /** Called after each step. */
  readonly look?: (stage: Stage) => void | Promise<void>
  /** Called with each committed batch. */
  readonly onCommit?: (batch: Batch) => void
  /** Called at the end with the transcript. */
  readonly told?: (transcript: readonly string[]) => void
  /** The store answers later. */
  readonly lateness?: Chances
}

/** Plays a history. Throws `HistoryFailure` at the first step after which a check fails. */
export async function play(history: History, watching: Watching = {}): Promise<void> {
  const { visited = new Map<string, number>(), look, onCommit, told, lateness } = watching
  const stage = await Stage.open(history.twoSides, history.load, onCommit, lateness)
  const books = new Books(stage)
  const transcript: string[] = []
  const count = (what: string) => visited.set(what, (visited.get(what) ?? 0) + 1)
  if (history.ends) await setNetwork(stage)
  for (const step of opening(history)) await take(stage, books, step)
  stage.news()
  for (const [index, step] of history.steps.entries()) {
    transcript.push(await take(stage, books, step))
    transcript.push(...stage.news().map((each) => `    ${each}`))
    count(`step ${step.do}`)
    await look?.(stage)
    for (const { state } of stage.tasks) count(`task ${state}`)
    for (const { state } of stage.dialogs) count(`dialog ${state}`)
    for (const { state, participants } of stage.calls) {
      count(`call ${state} of ${participants.length}`)
      for (const leg of participants) count(`leg ${leg.state}`)
    }
    const wrong = [...books.wrong(), ...stage.wrongly()]
    if (wrong.length > 0)
      throw new HistoryFailure({ ...history, steps: history.steps.slice(0, index + 1) }, transcript, wrong)
  }
  if (history.ends) {
    const wrong = await ending(stage, books)
    transcript.push('the end', ...stage.news().map((each) => `    ${each}`))
    if (wrong.length > 0) throw new HistoryFailure(history, transcript, wrong)
  }
  const replayed = await stage.replayed()
  if (replayed !== undefined) books.sameReads(stage.reads(), replayed)
  const wrong = books.wrong()
  if (wrong.length > 0) throw new HistoryFailure(history, transcript, ['after a replay:', ...wrong])
  await stage.engine.close()
  told?.(transcript)
}

/** Plays a history that was printed. */
export const replay = (script: string): Promise<void> => play(JSON.parse(script))
