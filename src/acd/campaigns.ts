/** Campaigns of the built-in ACD: lists of numbers that are called for the free agents of a queue. */

import { campaignAction, newCampaign } from './campaign-requests.ts'
import { campaignView, contactView } from './campaign-views.ts'
import { checked } from './json.ts'
import { type Answer, builtIn, type Call, created, type Operation, ok } from './operation.ts'
import { pageOf } from './pages.ts'
import { ControlRefusal } from './refusal.ts'

const of = ({ engine }: Call) => builtIn(engine).campaigns

async function create(call: Call): Promise<Answer> {
  const { id } = await of(call).create(checked(newCampaign, call.body, 'body'), call.origin)
  return made(id)
}

const made = (id: string) => created({ id }, `/campaigns/${id}`)

const list = (call: Call): Answer => pageOf(call, of(call).all(), ({ id }) => id, campaignView)

function show(call: Call): Answer {
  const id = call.param('id')
  const campaign = of(call).get(id)
  if (!campaign) throw new ControlRefusal('UNKNOWN_CAMPAIGN', 'id', `there is no campaign ${id}`)
  return ok({ ...campaignView(campaign), list: of(call).contacts(id).map(contactView) })
}

async function act(call: Call): Promise<Answer> {
  const campaigns = of(call)
  const id = call.param('id')
  const request = checked(campaignAction, call.body, 'body')
  switch (request.action) {
    case 'START':
    case 'STOP':
      return ok(campaignView(await campaigns.run(id, request.action === 'START', call.origin)))
    case 'ADD':
      return ok(campaignView(await campaigns.add(id, request.contacts, call.origin)))
    case 'WITHDRAW':
      return ok(campaignView(await campaigns.withdraw(id, request.numbers, call.origin)))
  }
}

async function remove(call: Call): Promise<Answer> {
  return ok(campaignView(await of(call).remove(call.param('id'), call.origin)))
}

function changedAgain(call: Call): Answer {
  const id = call.param('id')
  const campaign = of(call).get(id)
  return ok(campaign ? campaignView(campaign) : { id })
}

export const CAMPAIGN_OPERATIONS: readonly Operation[] = [
  {
    method: 'POST',
    path: '/campaigns',
    run: create,
    again: (call) => made(checked(newCampaign, call.body, 'body').id),
  },
  { method: 'GET', path: '/campaigns', takesQuery: true, run: list },
  { method: 'GET', path: '/campaigns/:id', run: show },
  { method: 'POST', path: '/campaigns/:id', run: act, again: changedAgain },
  { method: 'DELETE', path: '/campaigns/:id', run: remove, again: changedAgain },
]
