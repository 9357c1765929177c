/** Every cell of the table of rights, tried at a running server over REST and XMPP. */
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderRestError } from '../../src/finesse/index.ts'
import { OPERATIONS } from '../../src/rest/operations/index.ts'
import {
  cellOf,
  NODE_RIGHTS,
  type NodeRight,
  RELATIONS,
  REST_RIGHTS,
  type Relation,
  type RestRight,
  type Right,
  ROLES,
  type Role,
} from '../../src/rights/index.ts'
import { type RawClient, signIn } from '../xmpp/support/raw-client.ts'
import { rightsSection } from './section.ts'
import { CALLERS, ENTRIES_OF, MESSAGES_OF, type Stage, stage, TEAMS_OF, USERS_OF } from './stage.ts'

const TEAM_MESSAGE =
  '<TeamMessage><duration>60</duration><content>Hello</content><teams><team>:teamId</team></teams></TeamMessage>'

/** A request that is accepted from a caller who has the right. GET needs none. */
const BODIES: Readonly<Record<string, string>> = {
  'PUT /User/:id': '<User><state>NOT_READY</state></User>',
  'PUT /User/:id LOGIN': '<User><state>LOGIN</state><extension>:id</extension></User>',
  'POST /User/:id/Dialogs':
    '<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>:id</fromAddress><toAddress>5550100</toAddress></Dialog>',
  'POST /User/:id/Dialogs SILENT_MONITOR':
    '<Dialog><requestedAction>SILENT_MONITOR</requestedAction><fromAddress>:id</fromAddress><toAddress>1</toAddress></Dialog>',
  'PUT /User/:id/Media/:mrdId': '<Media><state>NOT_READY</state></Media>',
  'PUT /Dialog/:dialogId': '<Dialog><requestedAction>ACCEPT</requestedAction></Dialog>',
  'POST /TeamMessage': TEAM_MESSAGE,
  'POST /TeamMessages': TEAM_MESSAGE,
  'DELETE /TeamMessage/:messageId': '',
  'POST /User/:id/ClientLog': '<ClientLog><logData>log</logData></ClientLog>',
  // The beginning of a zip file.
  'POST /User/:id/CompressedClientLog': '<CompressedClientLog><logData>UEsDBA==</logData></CompressedClientLog>',
}

const QUERIES: Readonly<Record<string, string>> = { ReasonCodes: '?category=ALL', TeamMessages: '?createdBy=:id' }

/** The status of the requests that change something at once. Others are accepted with 202. */
const AT_ONCE = /TeamMessage/

const PAGE = new URL('../../src/rest/README.md', import.meta.url)
const [BEGIN, END] = ['<!-- rights -->\n', '<!-- /rights -->']

let at: Stage
beforeAll(async () => {
  at = await stage()
})
afterAll(() => at.on.close())

interface Cell<V> {
  readonly role: Role
  readonly relation: Relation
  readonly verdict: V
}

/** The cells of a row that can occur. */
function cells<V extends string>(right: Right<V>): readonly Cell<V | '-'>[] {
  const all = ROLES.flatMap((role) =>
    RELATIONS.map((relation) => ({ role, relation, verdict: cellOf(right, role, relation) })),
  )
  return all.filter(({ verdict }) => verdict !== '-')
}

/** Values for the parameters of a path, such that the caller has this relation to the object. */
function parameters(to: RestRight['to'], role: Role, relation: Relation): Readonly<Record<string, string>> {
  const object = (of: typeof USERS_OF) => of[role][relation] ?? ''
  const others = { mrdId: '5001', itemId: '1', contactId: '1' }
  switch (to) {
    case 'user':
      return { ...others, id: object(USERS_OF) }
    case 'team':
      return { ...others, teamId: object(TEAMS_OF) }
    case 'dialog':
      return { ...others, dialogId: at.dialogOf(object(USERS_OF)) }
    case 'entry':
      return { ...others, itemId: object(ENTRIES_OF) }
    case 'message':
      return { ...others, messageId: at.messageOf(object(MESSAGES_OF)) }
    case 'everything': {
      const mrd = relation === 'unknown' ? '7' : '5001'
      return { ...others, id: mrd, queueId: mrd }
    }
  }
}

const filled = (text: string, values: Readonly<Record<string, string>>) =>
  text.replace(/:(\w+)/g, (_, name: string) => values[name] ?? `no-${name}`)

/** Method, path and action of a key of the table. */
const partsOf = (key: string) => {
  const [method = '', path = ''] = key.split(' ')
  return { method, path }
}

it('every operation has a row, and every row an operation', () => {
  const served = OPERATIONS.flatMap(({ access, method, path }) => (access === 'caller' ? [`${method} ${path}`] : []))
  const rows = Object.keys(REST_RIGHTS)
  expect(
    served.filter((each) => !rows.includes(each)),
    'operations without a row in src/rights/table.ts',
  ).toEqual([])
  const withoutAction = rows.map((key) => Object.values(partsOf(key)).join(' '))
  expect(
    withoutAction.filter((each) => !served.includes(each)),
    'rows without an operation',
  ).toEqual([])
})

it('the README shows the table', () => {
  const page = readFileSync(PAGE, 'utf8')
  const [before = '', rest = ''] = page.split(BEGIN)
  const expected = `${before}${BEGIN}\n${rightsSection()}\n${END}${rest.split(END)[1] ?? ''}`
  if (process.env.UPDATE_RIGHTS) writeFileSync(PAGE, expected)
  expect(readFileSync(PAGE, 'utf8'), 'run: UPDATE_RIGHTS=1 vitest run test/rights').toBe(expected)
})

it('every row that changes something has a body here', () => {
  const without = Object.keys(REST_RIGHTS).filter((key) => !key.startsWith('GET ') && BODIES[key] === undefined)
  expect(without, 'give these rows a body in BODIES of test/rights/rights.test.ts').toEqual([])
})

describe('over REST (user 2)', () => {
  describe.each(Object.entries(REST_RIGHTS))('%s', (key, right) => {
    it.each(cells(right))('$role, $relation: $verdict', async ({ role, relation, verdict }) => {
      const { method, path } = partsOf(key)
      const values = parameters(right.to, role, relation)
      const query = QUERIES[path.split('/').at(-1) ?? ''] ?? ''
      const url = `/finesse/api${filled(path + query, values)}`
      const body = filled(BODIES[key] ?? '', values) || undefined
      const answer = await at.on.restOnly(CALLERS[role]).request(method, url, body)
      if (verdict === 'yes' || verdict === '-')
        expect([url, answer.status]).toEqual([url, body && !AT_ONCE.test(path) ? 202 : 200])
      else {
        const expected = renderRestError({ key: verdict, about: answer.value('ErrorData') ?? '' })
        expect([url, answer.status, answer.body]).toEqual([url, expected.status, expected.body])
      }
    })
  })

  it('an operation without credentials needs no row', async () => {
    for (const { access, path } of OPERATIONS.filter((each) => each.access === 'public')) {
      const response = await fetch(`${at.on.at.rest}/finesse/api${filled(path, { id: '1' })}`)
      expect([access, path, response.status]).toEqual(['public', path, 200])
      await response.body?.cancel()
    }
  })
})

describe('over XMPP (notifications 5.1, 5.2)', () => {
  const streams = new Map<Role, RawClient>()
  beforeAll(async () => {
    for (const role of ROLES) streams.set(role, await signIn(at.on.server.ports.xmpp ?? 0, CALLERS[role], 'desk'))
  })

  const asked = async (role: Role, type: 'get' | 'set', inner: string): Promise<string> => {
    const client = streams.get(role)
    if (client === undefined) throw new Error(role)
    client.send(
      `<iq type='${type}' id='s' to='pubsub.localhost'><pubsub xmlns='http://jabber.org/protocol/pubsub'>${inner}</pubsub></iq>`,
    )
    return client.barrier()
  }

  describe.each(Object.entries<NodeRight>(NODE_RIGHTS))('%s', (_, right) => {
    it.each(cells(right))('$role, $relation: $verdict', async ({ role, relation, verdict }) => {
      for (const path of right.paths) {
        const node = `/finesse/api${filled(path, parameters(right.to, role, relation))}`
        const jid = `${CALLERS[role]}@localhost`
        const before = await asked(role, 'get', `<subscriptions node='${node}'/>`)
        expect([node, before.includes('subscription="subscribed"')]).toEqual([node, verdict === 'automatic'])
        const answer = await asked(role, 'set', `<subscribe node='${node}' jid='${jid}/desk'/>`)
        const allowed = verdict === 'yes' || verdict === 'automatic'
        expect([node, answer]).toEqual([
          node,
          expect.stringContaining(allowed ? 'subscription="subscribed"' : `<${verdict} `),
        ])
        if (allowed) await asked(role, 'set', `<unsubscribe node='${node}' jid='${jid}/desk'/>`)
      }
    })
  })
})
