/**
 * Status of one side (`notifications 12.3`). It is in service while none of its dependencies is lost.
 */
import { assign, emit, setup } from 'xstate'
import { by, type RowMeta } from './rules.ts'

/** What a side depends on. `side` stands for the side as a whole: its process and its network. */
export type Dependency = 'acd-link' | 'peripheral-gateway' | 'notification-service' | 'side'

export interface SideContext {
  readonly missing: readonly Dependency[]
}

export type SideEvent =
  | { readonly type: 'LOST'; readonly dependency: Dependency; readonly at: number }
  | { readonly type: 'BACK'; readonly dependency: Dependency; readonly at: number }

/** The status of the side has changed. */
export interface SideEffect {
  readonly type: 'side.changed'
  readonly status: 'IN_SERVICE' | 'OUT_OF_SERVICE'
}

export const sideMachine = setup({
  types: { context: {} as SideContext, events: {} as SideEvent, emitted: {} as SideEffect, meta: {} as RowMeta },
  guards: {
    isLastMissing: ({ context, event }) => context.missing.length === 1 && context.missing[0] === event.dependency,
  },
  actions: {
    miss: assign({
      missing: ({ context, event }) => [
        ...context.missing.filter((dependency) => dependency !== event.dependency),
        event.dependency,
      ],
    }),
    regain: assign({
      missing: ({ context, event }) => context.missing.filter((dependency) => dependency !== event.dependency),
    }),
    publish: emit(
      (_, params: { status: SideEffect['status'] }): SideEffect => ({
        type: 'side.changed',
        status: params.status,
      }),
    ),
  },
}).createMachine({
  id: 'side',
  context: { missing: [] },
  initial: 'IN_SERVICE',
  on: {
    LOST: {
      ...by('notifications 12.1', 'One more thing is missing; the side is out of service already.'),
      actions: 'miss',
    },
    BACK: { ...by('notifications 12.1', 'Something is back that was not missing.'), actions: 'regain' },
  },
  states: {
    IN_SERVICE: {
      description: 'Nothing that the side depends on is missing.',
      on: {
        LOST: {
          ...by('notifications 12.1'),
          target: 'OUT_OF_SERVICE',
          actions: ['miss', { type: 'publish', params: { status: 'OUT_OF_SERVICE' } }],
        },
      },
    },
    OUT_OF_SERVICE: {
      description: 'Something that the side depends on is missing.',
      on: {
        BACK: [
          {
            ...by('notifications 12.3', 'The last thing that was missing is back.'),
            guard: 'isLastMissing',
            target: 'IN_SERVICE',
            actions: ['regain', { type: 'publish', params: { status: 'IN_SERVICE' } }],
          },
          { ...by('notifications 12.1', 'Something is back, and something else is still missing.'), actions: 'regain' },
        ],
      },
    },
  },
})
