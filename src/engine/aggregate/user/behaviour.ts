/** The aggregate of a user: it runs the actor tree of `machines/user.ts` and sends the availability to the ACD. */
import { type Effect, isEffect } from '../../../../machines/effects.ts'
import {
  availabilityOf,
  type Eligibility,
  eligibilityOf,
  followedUserMachine,
  isOpenOffer,
  type Standing,
  type UserContext,
  type UserEvent,
  userState,
  userView,
} from '../../../../machines/index.ts'
import type { Reason, Side } from '../../../../machines/wire.ts'
import { VOICE_MRD } from '../../../directory/model.ts'
import type { ByKind, OfKind } from '../../by-type.ts'
import type { Input, Message, UserChange } from '../../input.ts'
import type { TreeProbe } from '../../inspection/probe.ts'
import type { Inspectable } from '../../inspection/recording.ts'
import { asJson } from '../../json.ts'
import type { Output } from '../../output.ts'
import type { AgentAvailability, CallAvailability, Json } from '../../ports.ts'
import { isSameNote } from '../../rules/note.ts'
import { PLAIN, type RuleBook } from '../../rules/rule-book.ts'
import { actorTree } from '../actor-tree.ts'
import type { Behaviour } from '../behaviour.ts'
import { cannotListen } from '../call/monitor.ts'
import { lostMedia, newsOfSetup } from './change.ts'
import { outputsOf, type PublishContext, userDeleted } from './publish.ts'
import { isRepeated, nothingSaid, remember } from './said.ts'
import type { UserSetup } from './setup.ts'
import { readUser, writeUser } from './stored.ts'
import { newsOf, nothingTold } from './told.ts'

type Tree = ReturnType<typeof startTree>

function startTree(
  { role, sides, config, profile, rules }: UserSetup,
  book: RuleBook,
  state?: Json,
  probe?: TreeProbe,
) {
  const machine = role === 'follower' ? followedUserMachine : book.machineFor(rules)
  return actorTree(machine, 'user', { user: profile.id, sides, config }, isEffect, state, probe)
}

/** A message of another aggregate as an event of the machine. */
const EVENTS: Partial<ByKind<Message, [at: number], UserEvent>> = {
  offer: (body, at) => ({ ...body, type: 'OFFER', at }),
  customerCancels: (body, at) => ({ ...body, type: 'CUSTOMER_CANCELS', at }),
  resubmitted: (body, at) => ({ ...body, type: 'RESUBMITTED', at }),
  resubmissionRefused: (body, at) => ({ ...body, type: 'RESUBMISSION_REFUSED', at }),
  leg: (body, at) => {
    const { type: _, change, isMonitored, ...news } = body
    if (isMonitored) return { type: `MONITORED_${change}`, call: news.call, requestId: news.requestId, at }
    return { type: `CALL_${change}`, ...news, at }
  },
  takesLine: (body, at) => ({ ...body, type: 'CALL_TAKES_LINE', at }),
  joins: (body, at) => ({ ...body, type: 'CALL_JOINS', at }),
  nail: (body, at) => ({ ...body, type: 'NAIL', at }),
  numberIs: (body, at) => {
    const { number, dialog = '' } = body
    return { type: 'PHONE_IS', dialog, isReached: number.outcome === 'RINGS' && number.answers, at }
  },
  wantsToListen: (body, at) => ({ ...body, type: 'MONITOR_ASKED', at }),
  newCallFailed: (body, at) => ({ ...body, type: 'NEW_CALL_FAILED', at }),
  legFailed: (body, at) => ({ ...body, type: 'CALL_FAILED', at }),
}

function eventOf<Kind extends Message['type']>(body: OfKind<Message, Kind>, at: number): UserEvent | undefined {
  return EVENTS[body.type]?.(body, at)
}

export class UserBehaviour implements Behaviour {
  readonly finished = false
  readonly #user: string
  readonly #probe: TreeProbe | undefined
  readonly #rules: RuleBook
  #setup: UserSetup | undefined
  /** `#setup` as JSON, for snapshots. Cached, because the setup rarely changes. */
  #setupJson: Json | undefined
  #tree: Tree | undefined
  #told = nothingTold
  #said = nothingSaid
  #isRemoved = false
  /** Sides on which undelivered notifications wait for the user. */
  #awaited: readonly Side[] = []

  constructor(user: string, state?: Json, probe?: TreeProbe, rules = PLAIN) {
    this.#user = user
    this.#probe = probe
    this.#rules = rules
    if (state === undefined || state === null) return
    const { setup, tree, told, said, isRemoved, awaited } = readUser(state)
    this.#said = said
    this.#isRemoved = isRemoved
    this.#awaited = awaited
    this.#setup = setup
    this.#told = told
    this.#tree = startTree(setup, rules, tree, probe)
  }

  /** False until the first configuration was applied, for example because its input failed. */
  get isConfigured(): boolean {
    return this.#setup !== undefined && this.#tree !== undefined
  }

  /** The user is not in the directory any more. Notifications about the user's last dialogs are still published. */
  get isRemoved(): boolean {
    return this.#isRemoved
  }

  /**
   * Do undelivered notifications on this side wait for the user? A user is awaited if the user was connected, or
   * awaited already, before a restart or the loss of the notification service. The wait ends when a session on any side
   * has got all waiting notifications, or when its time is over. A session that closes before that does not end it.
   */
  isAwaited(side: Side): boolean {
    return this.#awaited.includes(side)
  }

  /** Has the user a connected session on this side? */
  isThere(side: Side): boolean {
    return this.snapshot.context.presence[side]?.getSnapshot().value === 'PRESENT'
  }

  /** Has this offer become a dialog that is open, or one of the last that ended? An offer that was refused has not. */
  hasHeardOffer(offer: string): boolean {
    return this.#said.offers.includes(offer) || isOpenOffer(this.snapshot.context, offer)
  }

  /**
   * The availability that was last sent to the ACD. An MRD that was never sent is there too. The user is not eligible
   * in it.
   */
  get availability(): AgentAvailability {
    const { version, claims } = this.#told
    return { version, mrds: { ...availabilityOf(this.snapshot), ...claims } }
  }

  /** The availability for calls that was last sent to an embedder's ACD. */
  get callAvailability(): CallAvailability {
    const { version = 0, claim, extension = '' } = this.#told.calls ?? {}
    return { version, eligible: claim?.eligible ?? false, since: claim?.since ?? 0, extension }
  }

  /** Whether the user may get a contact now, by MRD. Media of which the user is no member any more are left out. */
  get eligibility(): Readonly<Record<string, Eligibility>> {
    const member = new Set([VOICE_MRD, ...this.setup.mrds.map(({ id }) => id)])
    return Object.fromEntries(Object.entries(eligibilityOf(this.snapshot)).filter(([mrd]) => member.has(mrd)))
  }

  get setup(): UserSetup {
    if (!this.#setup) throw new Error('user is not configured')
    return this.#setup
  }

  get inspected(): Inspectable | undefined {
    return this.#tree && { kind: 'tree', root: this.#tree.actor }
  }

  /** Snapshot of the root machine. Throws before the first configuration. */
  get snapshot(): Standing<UserContext> {
    if (!this.#tree) throw new Error('user is not configured')
    return this.#tree.actor.getSnapshot()
  }

  step(input: Input, at: number): readonly Output[] {
    const outputs = this.#apply(input, at)
    // Availability first, because the queue has to apply it before the answer to its offer.
    return [...this.#availability(), ...outputs]
  }

  persist(): Json {
    if (!this.#setup || !this.#tree) return null
    this.#setupJson ??= asJson(this.#setup)
    return writeUser(this.#setupJson, {
      tree: this.#tree.persist(),
      told: this.#told,
      said: this.#said,
      isRemoved: this.#isRemoved,
      awaited: this.#awaited,
    })
  }

  /** Refuses an offered task or call, or somebody who wants to listen. Without an answer they would wait for ever. */
  afterFailure(input: Input): readonly Output[] {
    if (input.kind !== 'message') return []
    const { from, body } = input
    if (body.type === 'offer') {
      const { offer, task } = body
      const answer = { type: 'refused', user: this.#user, task: task.id, offer, reason: 'FAILED' } as const
      return [{ type: 'send', to: from, body: answer }]
    }
    if (body.type === 'wantsToListen') {
      const { listener, requestId } = body
      return [{ type: 'send', to: `user/${listener}`, body: cannotListen(requestId) }]
    }
    if (body.type !== 'leg' || body.change !== 'ADDED') return []
    return [{ type: 'send', to: from, body: { type: 'legRefused', user: this.#user } }]
  }

  #apply(input: Input, at: number): readonly Output[] {
    if (input.kind === 'configuredUser') return this.#configure(input.setup, input.change, at)
    const tree = this.#tree
    if (!tree) throw new Error(`input ${input.kind} before the user was configured`)
    switch (input.kind) {
      case 'user':
        if (input.event.type === 'PRESENCE' && input.event.available && !input.untilHeard) this.#awaited = []
        return this.#outputs(tree.send({ ...input.event, at }))
      case 'deadline':
        return this.#outputs(tree.sendTo(input.owner, { type: input.name, at }))
      case 'awaited':
        this.#awaited = [...new Set([...this.#awaited, ...input.sides])]
        return []
      case 'heard':
        // If the user disconnected meanwhile, the wait goes on, because there may be new notifications.
        if (this.setup.sides.some((side) => this.isThere(side))) this.#awaited = []
        return []
      case 'notBack':
        // If the user connected meanwhile, the session still gets the notifications.
        if (!this.isThere(input.side)) this.#awaited = this.#awaited.filter((side) => side !== input.side)
        return []
      case 'removedUser':
        return this.#remove(tree, input.reason, at)
      case 'acd':
      case 'message': {
        const body = input.kind === 'acd' ? input.event : input.body
        if (body.type === 'offer' ? this.hasHeardOffer(body.offer) : isRepeated(this.#said, body)) return []
        const event = eventOf(body, at)
        if (!event) throw new Error(`a user takes no such ${input.kind}`)
        // The built-in ACD ignores cancellations of earlier attempts, so it does not need the attempt to be remembered.
        return this.#outputs(tree.send(event), input.kind === 'acd' ? body : undefined)
      }
      default:
        throw new Error(`a user takes no ${input.kind}`)
    }
  }

  /** The outputs of the effects of one step, with the current setup. `body`: the event of an external ACD that caused the step. */
  #outputs(effects: readonly Effect[], body?: Message): readonly Output[] {
    this.#said = remember(this.#said, effects, body)
    return effects.flatMap((effect) => outputsOf(effect, this.#publishContext))
  }

  get #publishContext(): PublishContext {
    const { mobileSide, actingSide, cutOff, forgotten } = this.snapshot.context
    return { setup: this.setup, mobileSide, actingSide, cutOff, forgotten }
  }

  #configure(setup: UserSetup, change: UserChange | undefined, at: number): readonly Output[] {
    const before = this.#setup
    const tree = this.#ruled(setup)
    // The sign-out from a lost MRD uses the old setup, because only that has the name of the MRD.
    const left =
      tree && before && change?.type === 'CHANGED'
        ? lostMedia(before, setup, this.snapshot.context).flatMap((mrd) =>
            this.#outputs(tree.send({ type: 'MEDIA_STATE', mrd, state: 'LOGOUT', reason: null, at })),
          )
        : []
    this.#setup = setup
    this.#setupJson = undefined
    if (change) this.#isRemoved = false
    if (!tree) this.#tree = startTree(setup, this.#rules, undefined, this.#probe)
    const configured = tree ? this.#outputs(tree.send({ type: 'CONFIGURED', config: setup.config, at })) : []
    const moved = tree && change?.type === 'CHANGED' ? this.#leaveLostExtension(tree, change.extensionReason, at) : []
    if (!change) return [...left, ...configured]
    const known = change.type === 'CHANGED' ? before : undefined
    return [...left, ...configured, ...moved, ...newsOfSetup(known, this.#publishContext, this.snapshot)]
  }

  /** The tree with the rules of a new setup. If the rules differ, it is started again with the same state. */
  #ruled(setup: UserSetup): Tree | undefined {
    if (this.#tree && !isSameNote(this.#setup?.rules, setup.rules))
      this.#tree = startTree(setup, this.#rules, this.#tree.persist(), this.#probe)
    return this.#tree
  }

  /**
   * If the directory no longer gives the user the extension of the sign-in, the user becomes NOT_READY. On CCX the user
   * is signed out (`user 6.3`, 6.4).
   */
  #leaveLostExtension(tree: Tree, reason: Reason, at: number): readonly Output[] {
    const { role, config } = this.setup
    const { extension } = this.snapshot.context
    const isSignedOut = userState(this.snapshot) === 'LOGOUT'
    if (role === 'follower' || isSignedOut || config.extensions.includes(extension)) return []
    const type = reason.category === 'LOGOUT' ? 'SIGN_OUT' : 'NOT_READY'
    return this.#outputs(tree.send({ type, supervisor: type === 'SIGN_OUT', reason, at }))
  }

  /** Signs the user out of everything. The last notification is the DELETE of the user. */
  #remove(tree: Tree, reason: Reason, at: number): readonly Output[] {
    const outputs = this.#outputs(tree.send({ type: 'REMOVED', reason, at }))
    this.#isRemoved = true
    this.#awaited = []
    return [...outputs, userDeleted(this.#publishContext, userView(this.snapshot))]
  }

  /** Tells the ACD if the availability has changed. */
  #availability(): readonly Output[] {
    const { told, outputs } = newsOf(this.#told, this.snapshot, this.setup)
    this.#told = told
    return outputs
  }
}
