/** The aggregate of a user: the actor tree of `machines/user.ts`, and what it tells the ACD of its availability. */
import type { SnapshotFrom } from 'xstate'
import type { Effect } from '../../../machines/effects.ts'
import { type Availability, availabilityOf, type UserEvent, userMachine } from '../../../machines/index.ts'
import { actorTree } from '../actor-tree.ts'
import type { Behaviour } from '../aggregate.ts'
import { asJson, type Input, type Message } from '../input.ts'
import type { TreeProbe } from '../inspection/probe.ts'
import type { Inspectable } from '../inspection/recording.ts'
import type { Output } from '../output.ts'
import type { Json } from '../ports.ts'
import { outputsOf } from './publish.ts'
import { isRepeated, isSaid, nothingSaid, remember, type Said } from './said.ts'
import { isUserSetup, type UserSetup } from './setup.ts'

const isEffect = (_emitted: { readonly type: string }): _emitted is Effect => true

type Tree = ReturnType<typeof startTree>

function startTree({ role, sides, config, profile }: UserSetup, state?: Json, probe?: TreeProbe) {
  return actorTree(userMachine, 'user', { user: profile.id, role, sides, config }, isEffect, state, probe)
}

type Claims = Readonly<Record<string, Availability>>

interface Told {
  readonly version: number
  readonly claims: Claims
}

/** A message of another aggregate, as the machine hears it. */
function eventOf(body: Message, at: number): UserEvent | undefined {
  switch (body.type) {
    case 'offer':
      return { type: 'OFFER', mrd: body.mrd, offer: body.offer, task: body.task, at }
    case 'customerCancels':
      return { type: 'CUSTOMER_CANCELS', task: body.task, at }
    case 'resubmitted':
      return { type: 'RESUBMITTED', mrd: body.mrd, dialog: body.dialog, task: body.task, attempt: body.attempt, at }
    case 'resubmissionRefused':
      return {
        type: 'RESUBMISSION_REFUSED',
        mrd: body.mrd,
        dialog: body.dialog,
        reason: body.reason,
        attempt: body.attempt,
        at,
      }
    case 'leg': {
      const { change, leg, notAnswered, call, requestId } = body
      return { type: `CALL_${change}`, leg, notAnswered, call, requestId, at }
    }
    case 'legFailed': {
      const { dialog, failure, detail, requestId } = body
      return { type: 'CALL_FAILED', dialog, failure, detail, requestId, at }
    }
    default:
      return undefined
  }
}

export class UserBehaviour implements Behaviour {
  readonly finished = false
  readonly #user: string
  readonly #probe: TreeProbe | undefined
  #setup: UserSetup | undefined
  /** The same, as snapshots hold it. */
  #setupJson: Json | undefined
  #tree: Tree | undefined
  #told: Told = { version: 0, claims: {} }
  #said: Said = nothingSaid

  constructor(user: string, state?: Json, probe?: TreeProbe) {
    this.#user = user
    this.#probe = probe
    if (state === undefined || state === null) return
    const { setup, tree, told, said } = readState(state)
    this.#said = said
    this.#setup = setup
    this.#told = told
    this.#tree = startTree(setup, tree, probe)
  }

  /** False until the first configuration was applied: its input may have failed. */
  get isConfigured(): boolean {
    return this.#setup !== undefined && this.#tree !== undefined
  }

  get setup(): UserSetup {
    if (!this.#setup) throw new Error('user is not configured')
    return this.#setup
  }

  get inspected(): Inspectable | undefined {
    return this.#tree && { kind: 'tree', root: this.#tree.actor }
  }

  /** State of the root machine. */
  get snapshot(): SnapshotFrom<typeof userMachine> {
    if (!this.#tree) throw new Error('user is not configured')
    return this.#tree.actor.getSnapshot()
  }

  step(input: Input, at: number): readonly Output[] {
    const effects = this.#apply(input, at)
    this.#said = remember(this.#said, effects)
    const { mobileSide, actingSide } = this.snapshot.context
    const context = { setup: this.setup, mobileSide, actingSide }
    // Availability first: the queue must know of it before it hears the answer to its offer.
    return [...this.#availability(), ...effects.flatMap((effect) => outputsOf(effect, context))]
  }

  persist(): Json {
    if (!this.isConfigured) return null
    this.#setupJson ??= asJson(this.setup)
    const setup = this.#setupJson
    const told: Json = JSON.parse(JSON.stringify(this.#told))
    const said: Json = JSON.parse(JSON.stringify(this.#said))
    return { setup, told, said, tree: this.#tree?.persist() ?? null }
  }

  /** Without an answer an offered task, or a call, would wait for ever. */
  afterFailure(input: Input): readonly Output[] {
    if (input.kind !== 'message') return []
    const { from, body } = input
    if (body.type === 'offer') {
      const { offer, task } = body
      const answer = { type: 'refused', user: this.#user, task: task.id, offer, reason: 'FAILED' } as const
      return [{ type: 'send', to: from, body: answer }]
    }
    if (body.type !== 'leg' || body.change !== 'ADDED') return []
    return [{ type: 'send', to: from, body: { type: 'legRefused', user: this.#user } }]
  }

  #apply(input: Input, at: number): readonly Effect[] {
    if (input.kind === 'configuredUser') return this.#configure(input.setup, at)
    const tree = this.#tree
    if (!tree) throw new Error(`input ${input.kind} before the user was configured`)
    switch (input.kind) {
      case 'user':
        return tree.send({ ...input.event, at })
      case 'deadline':
        return tree.sendTo(input.owner, { type: input.name, at })
      case 'acd':
      case 'message': {
        const body = input.kind === 'acd' ? input.event : input.body
        if (isRepeated(this.#said, body)) return []
        const event = eventOf(body, at)
        if (!event) throw new Error(`a user takes no such ${input.kind}`)
        return tree.send(event)
      }
      default:
        throw new Error(`a user takes no ${input.kind}`)
    }
  }

  #configure(setup: UserSetup, at: number): readonly Effect[] {
    this.#setup = setup
    this.#setupJson = undefined
    if (this.#tree) return this.#tree.send({ type: 'CONFIGURED', config: setup.config, at })
    this.#tree = startTree(setup, undefined, this.#probe)
    return []
  }

  /** The whole availability, with a version, wherever it changed. */
  #availability(): readonly Output[] {
    const claims = availabilityOf(this.snapshot)
    const changed = Object.keys(claims).filter((mrd) => !isSame(claims[mrd], this.#told.claims[mrd]))
    if (changed.length === 0) return []
    const version = this.#told.version + 1
    this.#told = { version, claims }
    const user = this.setup.profile.id
    if (this.setup.acd === 'external')
      return [{ type: 'acd', request: { type: 'availability', user, version, mrds: claims } }]
    return changed.flatMap((mrd) => {
      const claim = claims[mrd]
      return claim
        ? [{ type: 'send' as const, to: `queue/${mrd}`, body: { type: 'availability' as const, user, version, claim } }]
        : []
    })
  }
}

function isSame(a: Availability | undefined, b: Availability | undefined): boolean {
  const nobody = { eligible: false, freeSlots: 0, since: 0 }
  const { eligible, freeSlots, since } = a ?? nobody
  const other = b ?? nobody
  return eligible === other.eligible && freeSlots === other.freeSlots && since === other.since
}

function readState(state: Json): { setup: UserSetup; tree: Json; told: Told; said: Said } {
  if (
    typeof state === 'object' &&
    state !== null &&
    'setup' in state &&
    'told' in state &&
    'tree' in state &&
    'said' in state
  ) {
    const { setup, told, tree, said } = state
    if (isUserSetup(setup) && isTold(told) && isSaid(said) && tree !== undefined) return { setup, told, tree, said }
  }
  throw new Error('snapshot of a user cannot be read')
}

function isTold(value: unknown): value is Told {
  return typeof value === 'object' && value !== null && 'version' in value && 'claims' in value
}
