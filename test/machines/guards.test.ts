/** Guards of an embedder: the events that their types name, and names that the charts do not have. */
import { expect, it } from 'vitest'
import { GUARDS, type MediaGuards, mediaWithGuards, taskWithGuards, withGuards } from '../../machines/index.ts'
import { charts } from '../../src/inspect/index.ts'

/** The guards of a medium whose type names one event, with this event. A wrong event does not compile. */
const ASKED_AT: {
  readonly [Name in keyof MediaGuards]: Parameters<NonNullable<MediaGuards[Name]>>[0]['event']['type']
} = {
  isMember: 'SIGN_IN',
  comesToAct: 'SIGN_IN',
  mayTakeTask: 'OFFER',
  isKnownOffer: 'OFFER',
  hasDialog: 'DIALOG_ACTION',
  closesAfterRona: 'DIALOG_CHANGED',
  isClosed: 'DIALOG_CHANGED',
  endsTheLastUnstarted: 'DIALOG_CHANGED',
  startsTheLastUnstarted: 'DIALOG_CHANGED',
  returnsByItself: 'LINK_BACK',
  isOfOtherSide: 'LINK_BACK',
  isOfActingSide: 'LINK_LOST',
  isKnownThere: 'MOVED',
  keepsOnMove: 'MOVED',
  hasNoLink: 'ACTIVATE',
  mustSignInAgain: 'ACTIVATE',
  acceptsInterrupt: 'INTERRUPT',
}

it.each(Object.entries(ASKED_AT))('%s of a medium is asked at %s only', (name, event) => {
  const asked =
    charts()
      .get('media')
      ?.rows.filter(({ guard }) => guard?.name === name) ?? []
  expect([...new Set(asked.map((row) => row.event))]).toEqual([event])
})

it.each([
  ['user', (guards: object) => withGuards({ user: guards })],
  ['media', (guards: object) => withGuards({ media: guards })],
  ['task', (guards: object) => withGuards({ task: guards })],
  ['media', (guards: object) => mediaWithGuards(guards)],
  ['task', (guards: object) => taskWithGuards(guards)],
] as const)('a machine refuses guards that its chart does not have: %s', (machine, make) => {
  const code = 'INVALID_ARGUMENT'
  const unknown = `${machine} has no guard nonsense; it has ${GUARDS[machine].join(', ')}`
  expect(() => make({ nonsense: () => true })).toThrow(expect.objectContaining({ code, message: unknown }))
  expect(() => make({ nonsense: () => true })).toThrow(TypeError)
  expect(() => make({ toString: () => true })).toThrow(TypeError)
  const [name = ''] = GUARDS[machine]
  expect(() => make({ [name]: true })).toThrow(
    expect.objectContaining({ code, message: `${machine}.${name} is not a function` }),
  )
  expect(() => make({ [name]: () => true })).not.toThrow()
})
