/**
 * Every action on a call, in every situation of the call, by everybody who may ask (`dialog 3`, 4), over REST and XMPP.
 * What is refused changes nothing, so all of it is tried in one play of the situation. What is taken is tried in a play
 * of its own, but for call data, which leave the situation as it is.
 *
 * Slow, 30 s: two dozen situations are played on a server, and everybody tries every action in each of them.
 * More in `npm run test:whole`.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { legActions } from '../../../machines/call/leg-model.ts'
import { CALL_ACTIONS, LEG_STATES } from '../../../machines/wire.ts'
import { some } from '../../suite/extent.ts'
import { changeNothing, changes, type Request, type TakenAction } from './asking.ts'
import { ACTIONS, type Action, allowed, answerTo, NEW_CALLS, OTHER_ACTIONS, type Position, STATES } from './contract.ts'
import { ADMINISTRATOR, AGENT, Desk, extensionOf, OTHER, STRANGER, SUPERVISOR } from './desk.ts'
import { over, SITUATIONS, type Situation } from './situations.ts'

let desk: Desk
beforeAll(async () => {
  desk = await Desk.open()
})
afterEach(() => desk.clears())
afterAll(() => desk.close())

const isSupported = (action: Action): boolean => CALL_ACTIONS.some((each) => each === action)

/** The agent that the agent who asks can drop from a conference; anybody else in other calls. */
const victimOf = ({ positions }: Situation, user: string): string =>
  extensionOf(Object.keys(positions).find((each) => each !== user) ?? user)

const targetOf = (situation: Situation, user: string, action: string): string =>
  action === 'PARTICIPANT_DROP' ? victimOf(situation, user) : extensionOf(user)

/** What an agent on the call asks for and does not change. */
function vainRequests(situation: Situation, user: string, position: Position): readonly Request[] {
  const asks = (action: string, answer: Request['answer'], extension = targetOf(situation, user, action)) => ({
    user,
    action,
    extension,
    answer,
  })
  const documented = ACTIONS.flatMap((action): readonly Request[] => {
    if (!isSupported(action)) return [asks(action, '501 Not Implemented')]
    const answer = answerTo(action, position)
    return answer === 'taken' ? [] : [asks(action, answer)]
  })
  const needsOwnExtension = ACTIONS.filter((action) => isSupported(action) && action !== 'PARTICIPANT_DROP')
  return [
    ...documented,
    ...OTHER_ACTIONS.map((action) => asks(action, '501 Not Implemented')),
    ...NEW_CALLS.map((action) => asks(action, '400 Invalid Input')),
    ...needsOwnExtension.map((action) => asks(action, NOT_YOURS, extensionOf(STRANGER))),
    asks('HOLD', '400 Parameter Missing', ''),
    asks('FLY', '400 Invalid Input'),
    asks('', '400 Parameter Missing'),
  ]
}

const NOT_YOURS = '401 Invalid Authorization User Specified'

/** Every action, and one that does not exist, in the name of the agent with this extension. */
const everyAction = (user: string, extension: string, answer: Request['answer']): readonly Request[] =>
  [...ACTIONS, 'FLY'].map((action) => ({ user, action, extension, answer }))

const isTaken = (action: Action, position: Position): action is TakenAction =>
  isSupported(action) && answerTo(action, position) === 'taken'

describe.each(some(SITUATIONS, 2))('$name', (situation) => {
  const agents = Object.entries(situation.positions)
  const extension = extensionOf(agents[0]?.[0] ?? '')

  const others = [STRANGER, SUPERVISOR].filter((user) => situation.positions[user] === undefined)
  const taken = agents.flatMap(([user, position]) =>
    ACTIONS.filter((action) => isTaken(action, position)).map((action) => ({
      user,
      position,
      action,
      extension: targetOf(situation, user, action),
    })),
  )
  const users = agents.map(([user]) => user)

  it('refuses what is not listed, and everything to those who are not on the call', async () => {
    const call = await situation.reach(desk)
    const shown = await desk.actionsOn(call)
    for (const [user, position] of agents)
      expect(shown[extensionOf(user)]?.toSorted()).toEqual(allowed(position).filter(isSupported).toSorted())
    await changeNothing(desk, call, [
      ...agents.flatMap(([user, position]) => vainRequests(situation, user, position)),
      ...others.flatMap((user) => everyAction(user, extension, NOT_YOURS)),
      ...everyAction(ADMINISTRATOR, extension, '401 Authorization Failure'),
    ])
    for (const each of taken.filter(({ action }) => action === 'UPDATE_CALL_DATA'))
      await changes(desk, call, each, users)
  })

  it.for(taken.filter(({ action }) => action !== 'UPDATE_CALL_DATA'))('takes $action of $user', async (each) => {
    await changes(desk, await situation.reach(desk), each, users)
  })
})

it('a call that is over is not found by those who were on it, and not shown to others', async () => {
  const call = await over(desk)
  await changeNothing(desk, call, [
    ...everyAction(AGENT, extensionOf(AGENT), '404 Dialog Not Found'),
    ...everyAction(OTHER, extensionOf(OTHER), '404 Dialog Not Found'),
    ...everyAction(STRANGER, extensionOf(AGENT), NOT_YOURS),
    ...everyAction(SUPERVISOR, extensionOf(AGENT), NOT_YOURS),
    ...everyAction(ADMINISTRATOR, extensionOf(AGENT), '401 Authorization Failure'),
  ])
})

describe('the list of a leg in the machine is that of the contract', () => {
  it.each(STATES)('%s', (state) => {
    for (const talksElsewhere of [true, undefined])
      for (const conference of ['controller', 'party', 'supervisor', undefined] as const) {
        const position = {
          state,
          ...(talksElsewhere ? { talksElsewhere } : {}),
          ...(conference ? { conference } : {}),
        }
        const listed = legActions({
          state,
          ...(talksElsewhere ? { talksElsewhere } : {}),
          ...(conference === 'controller' || conference === 'supervisor' ? { dropsOthers: true as const } : {}),
        })
        expect(listed.toSorted()).toEqual(allowed(position).filter(isSupported).toSorted())
      }
  })

  it('has every state of a leg but that of a reservation, and every action', () => {
    expect([...STATES, 'ACCEPTED'].toSorted()).toEqual([...LEG_STATES].toSorted())
    expect(CALL_ACTIONS.filter((action) => !ACTIONS.includes(action))).toEqual([])
  })
})
