/** How requests are refused: status and body (`user 1.7`, 1.8; `media 6.1`; rulings 20 to 23). */
import { expect } from 'vitest'
import { expectedRefusal, NO_SUCH_DIALOG, type RefusalFacts } from '../expected/refusal.ts'
import type { FinesseClient } from '../finesse-client.ts'
import { holds } from '../rows/registry.ts'
import { EMAIL, onStage } from '../rows/stage.ts'

const ME = '1001'
const OTHER = '1002'
const NOBODY = '94999'

const OTHERS: RefusalFacts = {
  type: 'Invalid Authorization User Specified',
  message: "The user specified in the authentication credentials and the uri don't match",
  data: OTHER,
}
const UNAUTHORIZED: RefusalFacts = { type: 'Authorization Failure', message: 'UNAUTHORIZED', data: ME }
const INVALID_STATE: RefusalFacts = {
  type: 'Invalid Input',
  message: 'Invalid State specified for user',
  data: 'state',
}
const NO_STATE: RefusalFacts = { type: 'Parameter Missing', message: 'State Parameter missing', data: 'state' }

type Ask = (client: FinesseClient) => ReturnType<FinesseClient['request']>

interface Refused {
  readonly rules: readonly string[]
  readonly title: string
  readonly ask: Ask
  readonly status: number
  /** The body; `undefined` where no document has it: then its type only. */
  readonly facts?: RefusalFacts
  readonly type?: string
  readonly password?: string
  readonly user?: string
}

const put =
  (path: string, body: string): Ask =>
  (client) =>
    client.put(path, body)
const get =
  (path: string): Ask =>
  (client) =>
    client.get(path)

const user = (inner: string) => `<User>${inner}</User>`

const ALL: readonly Refused[] = [
  {
    ...{ rules: ['user 1.3'], title: 'a wrong password', ask: get(`User/${ME}`) },
    ...{ status: 401, facts: UNAUTHORIZED, password: 'wrong of the conformance suite' },
  },
  { rules: ['user 4.4'], title: 'GET of another user', ask: get(`User/${OTHER}`), status: 401, facts: OTHERS },
  {
    ...{
      rules: ['user 4.8'],
      title: 'a state of another user',
      ask: put(`User/${OTHER}`, user('<state>READY</state>')),
    },
    ...{ status: 401, facts: OTHERS },
  },
  {
    ...{ rules: ['user 4.10'], title: 'reason codes of another user' },
    ...{ ask: get(`User/${OTHER}/ReasonCodes?category=NOT_READY`), status: 401, facts: OTHERS },
  },
  {
    ...{ rules: ['user 4.10'], title: 'reason codes without a category' },
    ...{ ask: get(`User/${ME}/ReasonCodes`), status: 400, type: 'Parameter Missing' },
  },
  {
    ...{ rules: ['user 4.6'], title: 'all users, for an agent', ask: get('Users'), status: 401 },
    facts: { type: 'Unauthorized', message: 'The user is not authorized to perform this operation' },
  },
  {
    rules: ['user 8.1'],
    title: 'a team, for an agent',
    ask: get('Team/2001'),
    status: 401,
    type: 'Authorization Failure',
  },
  {
    ...{
      rules: ['user 4.8'],
      title: 'a state that does not exist',
      ask: put(`User/${ME}`, user('<state>HAPPY</state>')),
    },
    ...{ status: 400, facts: INVALID_STATE },
  },
  {
    ...{ rules: ['user 4.8'], title: 'a state that only calls give' },
    ...{ ask: put(`User/${ME}`, user('<state>TALKING</state>')), status: 400, facts: INVALID_STATE },
  },
  {
    ...{ rules: ['user 4.8'], title: 'no state', ask: put(`User/${ME}`, user('<extension>1001</extension>')) },
    ...{ status: 400, facts: NO_STATE },
  },
  {
    ...{ rules: ['user 4.3'], title: 'a sign-out while signed out (ruling 34)' },
    ...{ ask: put(`User/${ME}`, user('<state>LOGOUT</state>')), status: 400, type: 'Invalid State' },
  },
  ...[
    '<User><state>READY',
    '<Media><state>READY</state></Media>',
    '<!DOCTYPE User><User><state>READY</state></User>',
  ].map((body) => ({
    ...{ rules: ['ruling 23'], title: `a body that is no User: ${body}`, ask: put(`User/${ME}`, body) },
    ...{ status: 400, type: 'Bad Request' },
  })),
  {
    ...{ rules: ['ruling 21'], title: 'a body of another type', status: 415 },
    ask: (client) => client.request('PUT', `/finesse/api/User/${ME}`, '{}', { 'content-type': 'application/json' }),
  },
  {
    ...{ rules: ['user 1.8'], title: 'a method that a resource does not have', status: 405 },
    ask: (client) => client.request('DELETE', `/finesse/api/User/${ME}`),
  },
  {
    ...{ rules: ['dialog 4.2'], title: 'a call that does not exist', ask: get('Dialog/999999999') },
    ...{ user: 'admin', status: 404, facts: NO_SUCH_DIALOG },
  },
  {
    ...{ rules: ['user 4.4'], title: 'a user who does not exist, for an administrator', ask: get(`User/${NOBODY}`) },
    ...{ user: 'admin', status: 404, facts: { type: 'User Not Found', message: 'UNKNOWN_USER', data: NOBODY } },
  },
  {
    ...{ rules: ['media 5.1'], title: 'a sign-in to an MRD without its parameters' },
    ...{
      ask: put(`User/${ME}/Media/${EMAIL}`, '<Media><state>LOGIN</state></Media>'),
      status: 400,
      type: 'Parameter Missing',
    },
  },
  {
    ...{ rules: ['media 4.1'], title: 'an MRD that does not exist', ask: get(`User/${ME}/Media/94999`) },
    ...{ status: 404, type: 'Not Found' },
  },
]

export function refusalRows(): void {
  for (const { rules, title, ask, status, facts, type, password, user: as = ME } of ALL)
    holds(rules, title, () =>
      onStage(async ({ on, story }) => {
        const answer = await ask(on.restOnly(as, password))
        const shownType = answer.value('ErrorType')
        expect([answer.status, type ?? facts?.type ?? shownType]).toEqual([status, shownType])
        if (facts) story.compares(answer, expectedRefusal(facts), `answer ${status}`, title)
      }),
    )
}
