/** Workflows and their actions (`user 4.12`, `dialog 12`). */
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  expectedActionSummary,
  expectedWorkflow,
  expectedWorkflowAction,
  type WorkflowActionFacts,
  type WorkflowFacts,
} from '../expected/configuration.ts'
import { type Site, site } from '../server.ts'
import { group } from '../tree.ts'
import { expectObject, expectRefusal, OTHERS_OBJECT, sampleWith } from './stage.ts'

const PAGE: WorkflowActionFacts = {
  id: '12',
  name: 'Page',
  type: 'BROWSER_POP',
  handledBy: 'FINESSE_DESKTOP',
  params: [['path', 'https://crm.example/?a=1&b=<2>']],
  variables: [{ variable: ['callVariable1', '', 'SYSTEM'], testValue: '5550100' }],
}
const REQUEST: WorkflowActionFacts = {
  ...PAGE,
  id: '3',
  name: 'Request',
  type: 'HTTP_REQUEST',
  handledBy: 'OTHER',
  params: [],
  variables: [],
}
const ARRIVAL: WorkflowFacts = {
  id: '10',
  name: 'Arrival',
  description: 'On arrival',
  media: '5001',
  trigger: { type: 'SYSTEM', name: 'CALL_ARRIVES', overlaps: true },
  triggers: [{ variable: ['mediaType', '//Dialog/mediaType', 'CUSTOM'], comparator: 'IS_EQUAL', value: 'Voice' }],
  applyMethod: 'ANY',
  conditions: [{ variable: ['callVariable1', '', 'SYSTEM'], comparator: 'IS_IN_LIST', value: '1,2' }],
}
const END: WorkflowFacts = { ...ARRIVAL, id: '2', name: 'End', media: '1', triggers: [], conditions: [] }

const comparison = ({ variable: [name, node, type], ...rest }: WorkflowFacts['triggers'][number]) => ({
  ...rest,
  variable: { name, node, type: type === 'CUSTOM' ? ('CUSTOM' as const) : ('SYSTEM' as const) },
})
const workflow = (facts: WorkflowFacts, actions: readonly string[], teams?: readonly string[]) => ({
  ...{ id: facts.id, name: facts.name, description: facts.description, media: facts.media, actions, teams },
  triggerSet: {
    type: 'SYSTEM' as const,
    name: facts.trigger.name,
    allowOverlappingCallWorkflow: facts.trigger.overlaps,
    triggers: facts.triggers.map(comparison),
  },
  conditionSet: { applyMethod: 'ANY' as const, conditions: facts.conditions.map(comparison) },
})
const action = ({ id, name, type, handledBy, params, variables }: WorkflowActionFacts) => ({
  ...{ id, name },
  type: type === 'HTTP_REQUEST' ? ('HTTP_REQUEST' as const) : ('BROWSER_POP' as const),
  handledBy: handledBy === 'OTHER' ? ('OTHER' as const) : ('FINESSE_DESKTOP' as const),
  params: params.map(([key, value]) => ({ name: key, value })),
  variables: variables.map(({ variable: [key, node], testValue }) => ({
    name: key,
    node,
    type: 'SYSTEM' as const,
    testValue,
  })),
})

let on: Site
beforeAll(async () => {
  on = await site({
    directory: sampleWith({
      workflowActions: [action(PAGE), action(REQUEST)],
      workflows: [workflow(ARRIVAL, ['12', '3'], ['2001']), workflow(END, [])],
    }),
  })
})
afterAll(() => on.close())

const as = (user: string) => on.restOnly(user)

it('of a user and of a team: with the actions that the desktop runs, in their order', async () => {
  const actions = [expectedWorkflowAction(PAGE), expectedWorkflowAction(REQUEST)]
  const expected = group('Workflows', expectedWorkflow(END, []), expectedWorkflow(ARRIVAL, actions))
  for (const path of ['User/1001/Workflows', 'TeamResource/2001/Workflows'])
    expectObject(await as('1001').get(path), expected)
  expectObject(await as('1234').get('User/1234/Workflows'), group('Workflows', expectedWorkflow(END, [])))
  expectRefusal(await as('1001').get('User/1002/Workflows'), 401, { ...OTHERS_OBJECT, data: '1002' })
})

it('the object itself, and the list of everything: with summaries of the actions', async () => {
  const arrival = expectedWorkflow(ARRIVAL, [expectedActionSummary(PAGE), expectedActionSummary(REQUEST)])
  expectObject(await as('admin').get('Workflows'), group('Workflows', expectedWorkflow(END, []), arrival))
  for (const user of ['1001', 'admin']) expectObject(await as(user).get('Workflow/10'), arrival)
})

it('actions: at the URI that the workflow shows, and all of them', async () => {
  for (const user of ['1001', 'admin'])
    expectObject(await as(user).get('WorkflowAction/12'), expectedWorkflowAction(PAGE))
  expectObject(
    await as('admin').get('WorkflowActions'),
    group('WorkflowActions', expectedWorkflowAction(REQUEST), expectedWorkflowAction(PAGE)),
  )
  const refused = { data: '1001', message: 'UNAUTHORIZED', type: 'Authorization Failure' }
  for (const path of ['Workflows', 'WorkflowActions']) expectRefusal(await as('1001').get(path), 401, refused)
})

it('what another team has is as unknown as what does not exist', async () => {
  const missing = (data: string) => ({ data, message: 'Resource not found', type: 'Not Found' })
  expectRefusal(await as('1234').get('Workflow/10'), 404, missing('10'))
  expectRefusal(await as('1234').get('WorkflowAction/12'), 404, missing('12'))
  expectRefusal(await as('admin').get('WorkflowAction/77'), 404, missing('77'))
})

it('a reload names what changed', async () => {
  const changes = await on.server.engine.reload(sampleWith({ workflowActions: [action(PAGE)], workflows: [] }))
  expect(changes.workflowActions).toEqual({ added: [], changed: [], removed: ['3'] })
  expect(changes.workflows).toEqual({ added: [], changed: [], removed: ['10', '2'] })
  expect((await as('1001').get('User/1001/Workflows')).body).toBe('<Workflows/>')
})
