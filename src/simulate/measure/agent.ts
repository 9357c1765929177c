/** Measures one agent. */
import type { Directory, User } from '../../directory/model.ts'
import type { AgentResult, Ending, Handling, WorkTotals } from '../result.ts'
import { perEnding } from './totals.ts'
import { StateTrack } from './track.ts'

type Changing<T> = { -readonly [Key in keyof T]: T[Key] }

/** Sums of one MRD, updated while the simulation runs. */
type WorkSums = Changing<Omit<WorkTotals, 'endings' | 'stateMs'>> & { readonly endings: Record<Ending, number> }

const emptySums = (mrd: string, name: string): WorkSums => ({
  mrd,
  name,
  offered: 0,
  accepted: 0,
  endings: perEnding(() => 0),
  interruptions: 0,
  activeMs: 0,
  pausedMs: 0,
  interruptedMs: 0,
  wrapUpMs: 0,
  acceptMs: 0,
})

/** An open dialog of this agent. */
export interface MeasuredDialog {
  readonly id: string
  readonly mrd: string
  readonly contact: string
  readonly track: StateTrack
  inHand: boolean
}

export class AgentMeasure {
  readonly user: User
  readonly calls = { offered: 0, answered: 0, talkMs: 0, wrapUpMs: 0 }
  readonly voice: StateTrack
  readonly media = new Map<string, StateTrack>()
  readonly sums = new Map<string, WorkSums>()
  readonly dialogs = new Map<string, MeasuredDialog>()
  /** The open calls, if lanes are kept. */
  readonly #lanesOfCalls = new Map<string, { readonly contact: string; readonly track: StateTrack }>()
  readonly #keep: boolean
  readonly #handlings: Handling[] = []
  readonly #signedIn = new Set<string>()
  readonly #inHand = new Set<string>()
  readonly #directory: Directory
  /** Time signed in, and time busy (signed in, with an accepted dialog or call). Each is updated at every change. */
  #signedInMs = 0
  #busyMs = 0
  #signedInSince: number | undefined
  #busySince: number | undefined

  constructor(user: User, directory: Directory, keep: boolean) {
    this.user = user
    this.#directory = directory
    this.#keep = keep
    this.voice = new StateTrack('LOGOUT', 0, keep)
    for (const { id, name } of directory.mediaRoutingDomains) {
      if (id === '1' || !user.mediaRoutingDomains.includes(id)) continue
      this.media.set(id, new StateTrack('LOGOUT', 0, keep))
      this.sums.set(id, emptySums(id, name))
    }
  }

  /** Sets the state of voice (`voice`) or of an MRD. Returns whether it has changed. */
  enter(subject: string, state: string, now: number): boolean {
    const track = subject === 'voice' ? this.voice : this.media.get(subject)
    if (!track?.enter(state, now)) return false
    if (state === 'LOGOUT') this.#signedIn.delete(subject)
    else this.#signedIn.add(subject)
    this.#count(now)
    return true
  }

  offered(dialog: string, mrd: string, contact: string, now: number): void {
    const track = new StateTrack('OFFERED', now, this.#keep)
    this.dialogs.set(dialog, { id: dialog, mrd, contact, track, inHand: false })
    this.#sumsOf(mrd).offered += 1
  }

  /** Sets the state of a dialog. */
  changed(dialog: string, state: string, now: number): void {
    const known = this.dialogs.get(dialog)
    if (!known || known.track.state === state) return
    const { track, mrd } = known
    const sums = this.#sumsOf(mrd)
    if (!known.inHand) {
      sums.accepted += 1
      sums.acceptMs += now - track.since
      known.inHand = true
      this.takes(dialog, now)
    }
    if (state === 'INTERRUPTED') sums.interruptions += 1
    track.enter(state, now)
  }

  ended(dialog: string, ending: Ending, dispositionCode: string, now: number): void {
    const known = this.dialogs.get(dialog)
    if (!known) return
    this.#sumsOf(known.mrd).endings[ending] += 1
    this.#close(known, dispositionCode, now)
    this.dialogs.delete(dialog)
    this.leaves(dialog, now)
  }

  /** What a call is to the agent now, for the lanes. */
  callIs(call: string, state: string, contact: string, now: number): void {
    if (!this.#keep) return
    const known = this.#lanesOfCalls.get(call)
    if (known) known.track.enter(state, now)
    else this.#lanesOfCalls.set(call, { contact, track: new StateTrack(state, now, true) })
  }

  callOver(call: string, now: number): void {
    const known = this.#lanesOfCalls.get(call)
    if (!known) return
    this.#lanesOfCalls.delete(call)
    const spans = known.track.finish(now)
    this.#handlings.push({ dialog: call, contact: known.contact, mrd: 'voice', spans, dispositionCode: '' })
  }

  /** A dialog or call was accepted. From now on it counts for the occupancy. */
  takes(work: string, now: number): void {
    this.#inHand.add(work)
    this.#count(now)
  }

  leaves(work: string, now: number): void {
    if (this.#inHand.delete(work)) this.#count(now)
  }

  /** The warm-up is over: all figures are counted from now on. Spans and handlings stay. */
  begin(now: number): void {
    this.#count(now)
    this.#signedInMs = 0
    this.#busyMs = 0
    Object.assign(this.calls, { offered: 0, answered: 0, talkMs: 0, wrapUpMs: 0 })
    for (const { track } of this.dialogs.values()) track.countFrom(now)
    for (const track of [this.voice, ...this.media.values()]) track.countFrom(now)
    for (const [mrd, { name }] of this.sums) this.sums.set(mrd, emptySums(mrd, name))
  }

  /** Closes everything that is open at the end of the simulation, and returns the result. */
  finish(now: number, workingMs: number): AgentResult {
    for (const dialog of this.dialogs.values()) this.#close(dialog, '', now)
    for (const call of [...this.#lanesOfCalls.keys()]) this.callOver(call, now)
    this.#count(now)
    const subjects = [...this.media].map(([mrd, track]) => ({ mrd, spans: track.finish(now) }))
    const voice = this.voice.finish(now)
    const { id, firstName, lastName, teamId } = this.user
    const name = `${firstName} ${lastName}`.trim() || id
    const tracks = [
      { subject: 'voice', name: 'Voice', spans: voice },
      ...subjects.map(({ mrd, spans }) => ({ subject: mrd, name: this.#sumsOf(mrd).name, spans })),
    ]
    return {
      user: id,
      name,
      team: this.#directory.teams.find((team) => team.id === teamId)?.name ?? teamId,
      occupancy: this.#signedInMs === 0 ? 0 : this.#busyMs / this.#signedInMs,
      signedInMs: this.#signedInMs,
      workingMs,
      calls: { ...this.calls },
      work: [...this.sums.values()].map((sums) => this.#workOf(sums)),
      ...(this.#keep ? { tracks, handlings: this.#handlings } : {}),
    }
  }

  #workOf(sums: WorkSums): WorkTotals {
    const totals = this.media.get(sums.mrd)?.totals ?? new Map<string, number>()
    const stateMs = Object.fromEntries([...totals].sort(([a], [b]) => (a < b ? -1 : 1)))
    return { ...sums, endings: { ...sums.endings }, stateMs }
  }

  #close({ id, mrd, contact, track }: MeasuredDialog, dispositionCode: string, now: number): void {
    const spans = track.finish(now)
    const sums = this.#sumsOf(mrd)
    sums.activeMs += track.totals.get('ACTIVE') ?? 0
    sums.pausedMs += track.totals.get('PAUSED') ?? 0
    sums.interruptedMs += track.totals.get('INTERRUPTED') ?? 0
    sums.wrapUpMs += track.totals.get('WRAPPING_UP') ?? 0
    if (this.#keep) this.#handlings.push({ dialog: id, contact, mrd, spans, dispositionCode })
  }

  #sumsOf(mrd: string): WorkSums {
    const sums = this.sums.get(mrd)
    if (!sums) throw new RangeError(`user ${this.user.id} is not in MRD ${mrd}`)
    return sums
  }

  /** Adds the time since the last change to the signed-in and busy times. */
  #count(now: number): void {
    if (this.#signedInSince !== undefined) this.#signedInMs += now - this.#signedInSince
    if (this.#busySince !== undefined) this.#busyMs += now - this.#busySince
    const isSignedIn = this.#signedIn.size > 0
    this.#signedInSince = isSignedIn ? now : undefined
    this.#busySince = isSignedIn && this.#inHand.size > 0 ? now : undefined
  }
}
