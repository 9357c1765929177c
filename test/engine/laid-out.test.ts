/** V8 must keep the contexts of a user's machines as fast objects: copies of slow ones take fifty times as long. */
import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { standardConfig, type UserEvent, userMachine } from '../../machines/index.ts'
import { actorTree } from '../../src/engine/aggregate/actor-tree.ts'
import { layOut } from '../../src/engine/aggregate/laid-out.ts'
import type { Json } from '../../src/engine/ports.ts'

let isQuick: (value: object) => unknown
beforeAll(() => {
  setFlagsFromString('--allow-natives-syntax')
  isQuick = runInThisContext('(value) => %HasFastProperties(value)')
})
afterAll(() => setFlagsFromString('--no-allow-natives-syntax'))

const copied = (value: object) => Object.assign({}, value, {})

it('a copy of an object is fast after `layOut`, even if the object was slow before', () => {
  const names = Array.from({ length: 30 }, (_, index) => `field${index}`)
  const wide = Object.assign({}, Object.fromEntries(names.map((name) => [`other-${name}`, 1])))
  const slow = names.reduce<Record<string, number>>((all, name) => Object.assign(all, { [name]: 1 }), {})
  expect([isQuick(wide), isQuick(slow), isQuick(copied(slow))]).toEqual([true, false, false])
  layOut(slow)
  expect(isQuick(copied(slow))).toBe(true)
})

const MRDS = ['5001', '5002']
const config = standardConfig('1001', MRDS)
const input = { user: '1001', role: 'authority', sides: ['A', 'B'], config } as const
const grown = (state?: Json) =>
  actorTree(userMachine, 'user', input, (_effect): _effect is { readonly type: string } => true, state)

const EVENTS: readonly UserEvent[] = [
  { type: 'SIGN_IN', side: 'A', extension: '1001', mobileAgent: null, at: 1 },
  ...MRDS.flatMap((mrd): readonly UserEvent[] => [
    {
      ...{ type: 'MEDIA_SIGN_IN', side: 'A', mrd, at: 2 },
      ...{ maxDialogLimit: 2, interruptAction: 'ACCEPT', dialogLogoutAction: 'CLOSE' },
    },
    { type: 'MEDIA_STATE', mrd, state: 'READY', reason: null, at: 3 },
  ]),
  {
    ...{ type: 'OFFER', mrd: '5001', offer: '1', at: 4 },
    task: { id: '1', scriptSelector: 's', variables: [], queueNumber: '', queueName: '', associatedDialog: '' },
  },
  {
    type: 'DIALOG_ACTION',
    mrd: '5001',
    dialog: '1000_1001_5001',
    action: 'ACCEPT',
    target: '',
    targetKnown: false,
    at: 5,
  },
  {
    type: 'DIALOG_ACTION',
    mrd: '5001',
    dialog: '1000_1001_5001',
    action: 'START',
    target: '',
    targetKnown: false,
    at: 6,
  },
]

/** The contexts of a working user, by the names of their actors. */
function contexts({ actor }: ReturnType<typeof grown>): Readonly<Record<string, object>> {
  const { context } = actor.getSnapshot()
  const media = Object.entries(context.media).map(
    ([mrd, medium]) => [`media ${mrd}`, medium.getSnapshot().context] as const,
  )
  const tasks = media.flatMap(([, { dialogs }]) => Object.entries(dialogs))
  return {
    user: context,
    ...Object.fromEntries(media),
    ...Object.fromEntries(tasks.map(([id, task]) => [id, task.getSnapshot().context])),
  }
}

it.each(['fresh', 'restored'])('the contexts of a working user are fast, the tree is %s', (how) => {
  const tree = grown(how === 'restored' ? grown().persist() : undefined)
  for (const event of EVENTS) tree.send(event)
  const slow = Object.entries(contexts(tree)).filter(([, context]) => !isQuick(copied(context)))
  expect(Object.keys(contexts(tree))).toEqual(['user', 'media 5001', 'media 5002', '1000_1001_5001'])
  expect(slow.map(([name]) => name)).toEqual([])
})
