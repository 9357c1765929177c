/** Bugs to plant, one at a time. The checks must find each of them. */

import { enqueueActions } from 'xstate'
import { legOfCall } from '../../machines/call/guards.ts'
import { callMachine, userMachine } from '../../machines/index.ts'
import { taskOfMedium } from '../../machines/media/guards.ts'
import { mediumOfUser, presenceOfUser } from '../../machines/user/guards.ts'
import { EndMarks } from '../../src/cli/end-marks.ts'
import { Deadlines } from '../../src/engine/aggregate/deadlines.ts'
import { QueueBehaviour } from '../../src/engine/aggregate/queue/behaviour.ts'
import { UserBehaviour } from '../../src/engine/aggregate/user/behaviour.ts'
import { DONE } from '../../src/engine/answers/answer.ts'
import type { Engine, EngineAdapters } from '../../src/engine/api.ts'
import { EngineUnavailable } from '../../src/engine/api.ts'
import type { Input } from '../../src/engine/input.ts'
import type { Output } from '../../src/engine/output.ts'
import type { Json, Publisher, Store } from '../../src/engine/ports.ts'
import type { Connection } from '../../src/sockets/connection.ts'
import { ConnectionGuard } from '../../src/sockets/guard.ts'
import type { Invariant } from './findings.ts'
import type { Sabotage } from './simulation.ts'

export interface Mutation {
  readonly name: string
  /** The checks that may find it first. */
  readonly noticedBy: readonly Invariant[]
  /** A seed that finds it. It is tried first. Not set when seed 1 finds it. */
  readonly seed?: number
  /** Plants the bug. `undo` removes it. */
  plant(): { readonly undo: () => void; readonly sabotage?: Sabotage }
}

const nothing = () => undefined
const noAction = enqueueActions(nothing)

function replace(table: object | undefined, key: string, value: unknown): () => void {
  if (!table || !(key in table)) throw new Error(`there is no ${key} to replace`)
  const original: unknown = Reflect.get(table, key)
  Reflect.set(table, key, value)
  return () => Reflect.set(table, key, original)
}

const guard = (machine: { readonly implementations: { readonly guards?: object } }, key: string, value: unknown) => ({
  undo: replace(machine.implementations.guards, key, value),
})

const action = (machine: { readonly implementations: { readonly actions?: object } }, key: string, value: unknown) => ({
  undo: replace(machine.implementations.actions, key, value),
})

/** The outputs of a behaviour, changed. */
function outputs(
  of: { readonly prototype: { step(input: Input, at: number): readonly Output[] } },
  change: (outputs: readonly Output[], input: Input) => readonly Output[],
) {
  const { prototype } = of
  const original = prototype.step
  return {
    undo: replace(prototype, 'step', function step(this: object, input: Input, at: number): readonly Output[] {
      return change(Reflect.apply(original, this, [input, at]), input)
    }),
  }
}

const sends = (output: Output, type: string): boolean => output.type === 'send' && output.body.type === type

/** The engine with some of its members replaced. */
function standIn<T extends object>(real: T, members: Partial<T>): T {
  return new Proxy(real, {
    get(target, key) {
      if (key in members) return Reflect.get(members, key)
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const engineWith = (engine: Engine, members: Partial<Engine>): Engine => standIn(engine, members)

const adaptersWith = (engine: Engine, members: Partial<EngineAdapters>): Engine =>
  standIn(engine, { adapters: standIn(engine.adapters, members) })

const storeWith = (store: Store, members: Partial<Store>): Store => ({
  id: store.id,
  history: store.history,
  records: store.records,
  load: () => store.load(),
  commit: (batch) => store.commit(batch),
  compact: (before) => store.compact(before),
  rewrite: (...given) => store.rewrite(...given),
  clear: () => store.clear(),
  close: () => store.close(),
  ...members,
})

const changed = (state: Json, from: RegExp, to: string): Json => JSON.parse(JSON.stringify(state).replace(from, to))

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'an interrupt is accepted although the medium has IGNORE',
    seed: 5,
    noticedBy: ['ignore-unchanged', 'model'],
    plant: () =>
      guard(
        mediumOfUser,
        'acceptsInterrupt',
        ({ context }: { context: { settings: { interruptible: boolean } } }) => context.settings.interruptible,
      ),
  },
  {
    name: 'an interrupted medium accepts actions on its dialogs',
    seed: 7,
    noticedBy: ['interrupted-refuses', 'model'],
    plant: () =>
      guard(
        mediumOfUser,
        'isInterrupted',
        ({ context, event }: { context: { interrupted: boolean }; event: { type: string } }) =>
          context.interrupted && event.type !== 'DIALOG_ACTION',
      ),
  },
  {
    name: 'an offer that is too late is accepted',
    seed: 3,
    noticedBy: ['model', 'dialog-limit'],
    plant: () => guard(mediumOfUser, 'mayTakeTask', () => true),
  },
  {
    name: 'the Start Timeout is not armed',
    noticedBy: ['deadline', 'model'],
    plant: () => action(taskOfMedium, 'armStartTimeout', noAction),
  },
  {
    name: 'a dialog changes without a notification',
    noticedBy: ['model'],
    plant: () => action(taskOfMedium, 'publish', noAction),
  },
  {
    name: 'the end of an older session has an effect',
    seed: 9,
    noticedBy: ['stale-presence', 'model', 'deadline'],
    plant: () =>
      guard(
        presenceOfUser,
        'isLastSessionOfWatched',
        ({ event }: { event: { type: string; watched?: boolean } }) => event.type === 'UNAVAILABLE' && event.watched,
      ),
  },
  {
    name: 'a sign-out leaves the calls as they are',
    noticedBy: ['no-ghost', 'model'],
    seed: 29,
    plant: () => action(userMachine, 'leaveCalls', noAction),
  },
  {
    name: 'a wrap-up has no end while the agent is on another call',
    noticedBy: ['no-ghost', 'deadline'],
    seed: 7,
    plant: () => action(userMachine, 'timeWrapUp', noAction),
  },
  {
    name: 'a call that has failed has no end',
    noticedBy: ['no-ghost', 'nobody-stuck'],
    plant: () => action(legOfCall, 'armFailure', noAction),
  },
  {
    name: 'an agent who retrieves a call stays connected to the other one',
    seed: 13,
    noticedBy: ['no-ghost', 'model'],
    plant: () => guard(legOfCall, 'talksElsewhere', () => false),
  },
  {
    name: 'the others of a call do not hear of a change',
    noticedBy: ['view-is-get', 'same-order', 'no-ghost', 'model'],
    plant: () => action(callMachine, 'tellChanged', noAction),
  },
  {
    name: 'after a Start Timeout the agent stays routable',
    noticedBy: ['model'],
    plant: () => guard(mediumOfUser, 'closesAfterRona', () => false),
  },
  {
    name: 'the interrupt goes on after the last interrupting work has ended',
    seed: 8,
    noticedBy: ['model'],
    plant: () => guard(userMachine, 'isLastWork', () => false),
  },
  {
    name: 'a queue does not learn of freed capacity',
    noticedBy: ['idle-capacity'],
    plant: () =>
      outputs(UserBehaviour, (all, input) =>
        input.kind === 'user' ? all.filter((each) => !sends(each, 'availability')) : all,
      ),
  },
  {
    name: 'an offer is made twice',
    noticedBy: ['offered-once'],
    plant: () =>
      outputs(QueueBehaviour, (all) => all.flatMap((each) => (sends(each, 'offer') ? [each, each] : [each]))),
  },
  {
    name: 'a queue never learns that a task was handled',
    noticedBy: ['one-agent', 'nobody-stuck'],
    plant: () => outputs(UserBehaviour, (all) => all.filter((each) => !sends(each, 'handled'))),
  },
  {
    name: 'the agent never learns that the transfer succeeded',
    seed: 6,
    noticedBy: ['one-agent', 'nobody-stuck'],
    plant: () => outputs(QueueBehaviour, (all) => all.filter((each) => !sends(each, 'resubmitted'))),
  },
  {
    name: 'notifications from before a restart are forgotten',
    seed: 2,
    noticedBy: ['one-notification'],
    plant: () => ({
      undo: nothing,
      sabotage: { store: (store) => storeWith(store, { load: async () => ({ ...(await store.load()), outbox: [] }) }) },
    }),
  },
  {
    name: 'a restart forgets deadlines',
    seed: 10,
    noticedBy: ['deadline', 'replay'],
    plant: () => ({
      undo: nothing,
      sabotage: {
        store: (store) =>
          storeWith(store, {
            load: async () => {
              const stored = await store.load()
              const snapshots = stored.snapshots.map((row) => ({
                ...row,
                state: changed(row.state, /"deadlines":\[[^\]]*\]/, '"deadlines":[]'),
              }))
              return { ...stored, snapshots }
            },
          }),
      },
    }),
  },
  {
    name: 'a restart restores a slightly different state',
    seed: 2,
    noticedBy: ['replay', 'model', 'recovered-as-committed'],
    plant: () => ({
      undo: nothing,
      sabotage: {
        store: (store) =>
          storeWith(store, {
            load: async () => {
              const stored = await store.load()
              const snapshots = stored.snapshots.map((row) => ({
                ...row,
                state: changed(row.state, /"routable":true/g, '"routable":false'),
              }))
              return { ...stored, snapshots }
            },
          }),
      },
    }),
  },
  {
    name: 'a snapshot is different after every restore',
    noticedBy: ['restore-twice', 'replay'],
    plant: () => {
      const { prototype } = UserBehaviour
      const original = prototype.persist
      return {
        undo: replace(prototype, 'persist', function persist(this: object): Json {
          const state = JSON.stringify(Reflect.apply(original, this, []))
          return JSON.parse(state.replace(/"version":(\d+)/, (_, version) => `"version":${Number(version) + 1}`))
        }),
      }
    },
  },
  {
    name: 'deadlines follow the wall clock of a running server',
    seed: 2,
    noticedBy: ['server-time'],
    plant: () => ({
      undo: nothing,
      sabotage: { time: (time) => ({ ...time, monotonic: () => time.wall(), uptime: () => time.wall() }) },
    }),
  },
  {
    name: 'a start with a time behind the journal does not move deadlines',
    seed: 19,
    noticedBy: ['deadline', 'nobody-stuck'],
    plant: () => ({
      undo: replace(Deadlines.prototype, 'movedBack', function movedBack(this: object): object {
        return this
      }),
    }),
  },
  {
    name: 'undelivered notifications wait for no user',
    seed: 3,
    noticedBy: ['nobody-misses'],
    plant: () => ({ undo: replace(UserBehaviour.prototype, 'isAwaited', () => false) }),
  },
  {
    name: 'a directory without the end mark is accepted',
    seed: 7,
    // The first difference may be the notifications to the users who are missing.
    noticedBy: ['cut-changes-nothing', 'model'],
    plant: () => ({ undo: replace(EndMarks.prototype, 'isMissed', () => false) }),
  },
  {
    name: 'new connections are refused when there are too many without a session',
    noticedBy: ['lets-in'],
    plant: () => {
      const { prototype } = ConnectionGuard
      const original = prototype.admit
      return {
        undo: replace(prototype, 'admit', function admit(this: ConnectionGuard, connection: Connection): boolean {
          const strangers = [...this.figures.values()].reduce((sum, { withoutSession }) => sum + withoutSession, 0)
          if (strangers < this.limits.withoutSession) return Reflect.apply(original, this, [connection])
          connection.reset()
          return false
        }),
      }
    },
  },
  {
    name: '202 before the commit',
    noticedBy: ['accepted-is-journalled'],
    plant: () => ({
      undo: nothing,
      sabotage: {
        engine: (engine) =>
          engineWith(engine, {
            command: async (...given) => {
              engine.command(...given).catch(nothing)
              return DONE
            },
          }),
      },
    }),
  },
  {
    name: '503 for what was committed',
    noticedBy: ['refusal-leaves-no-trace', 'refusal-has-reason'],
    plant: () => {
      let commands = 0
      return {
        undo: nothing,
        sabotage: {
          engine: (engine) =>
            engineWith(engine, {
              command: async (...given) => {
                const answer = await engine.command(...given)
                commands += 1
                if (commands % 15 === 0) throw new EngineUnavailable('planted')
                return answer
              },
            }),
        },
      }
    },
  },
  {
    name: 'notifications overtake each other',
    noticedBy: ['commit-order'],
    plant: () => ({
      undo: nothing,
      sabotage: {
        engine: (engine) => adaptersWith(engine, { attach: (side, to) => engine.adapters.attach(side, hasty(to)) }),
      },
    }),
  },
  {
    name: 'a notification is taken for delivered although it was refused',
    seed: 2,
    noticedBy: ['one-notification'],
    plant: () => ({
      undo: nothing,
      sabotage: {
        engine: (engine) =>
          adaptersWith(engine, {
            attach: (side, to) => engine.adapters.attach(side, { publish: (each) => to.publish(each).catch(nothing) }),
          }),
      },
    }),
  },
  {
    name: 'the order of notifications is random',
    noticedBy: ['same-twice'],
    plant: () =>
      outputs(UserBehaviour, (all) => {
        const told = all.filter((each) => each.type === 'publish')
        // Machines have no clock and no randomness. A bug could bring it in.
        if (Math.random() < 0.5 || told.length < 2) return all
        return [...all.filter((each) => each.type !== 'publish'), ...told.toReversed()]
      }),
  },
]

/** Every fifth publication does not wait for its answer. */
function hasty(publisher: Publisher): Publisher {
  let count = 0
  return {
    publish: async (publication) => {
      count += 1
      const published = publisher.publish(publication)
      if (count % 5 !== 0) return published
      published.catch(nothing)
    },
  }
}
