/**
 * Metrics of campaigns and of mobile agents. The labels are ids of campaigns, of which there are a hundred at most, and
 * words of the product. No label contains a number or a user.
 */
import { Counter, Gauge, type Registry } from '../bundled/prom-client.ts'
import type { Engine } from '../engine/api.ts'
import type { CampaignFigures, MobileValue } from '../engine/values.ts'

/** Reads once for all metrics of one answer, which are collected in one turn. */
function once<T>(read: () => T): () => T {
  let seen: { readonly value: T } | undefined
  return () => {
    seen ??= { value: read() }
    queueMicrotask(() => {
      seen = undefined
    })
    return seen.value
  }
}

/** Adds one line for each campaign of the built-in ACD. A campaign that is removed has none any more. */
export function addCampaigns(registry: Registry, engine: Pick<Engine, 'acd'>): void {
  const figures = once(() => engine.acd?.campaigns.figures() ?? [])
  const gauge = (name: string, help: string, read: (figures: CampaignFigures) => number) => {
    const made: Gauge<'campaign'> = new Gauge({
      name: `mrdian_campaign_${name}`,
      help,
      labelNames: ['campaign'],
      registers: [registry],
      collect: () => {
        made.reset()
        for (const each of figures()) made.set({ campaign: each.id }, read(each))
      },
    })
  }
  gauge('running', '1 while the campaign calls', ({ isRunning }) => Number(isRunning))
  gauge('contacts_left', 'Contacts that are not closed', ({ contacts: { waiting, reserved, later } }) =>
    [waiting, reserved, later].reduce((sum, each) => sum + each, 0),
  )
  gauge('contacts_reserved', 'Contacts that an agent or a line has', ({ contacts }) => contacts.reserved)
  gauge('agents', 'Agents who are reserved, and do not talk to a customer yet', ({ agents }) => agents)
  const attempts: Counter<'campaign'> = new Counter({
    name: 'mrdian_campaign_attempts_total',
    help: 'How often contacts were tried',
    labelNames: ['campaign'],
    registers: [registry],
    collect: () => {
      attempts.reset()
      for (const each of figures()) attempts.inc({ campaign: each.id }, each.attempts)
    },
  })
  const results: Gauge<'campaign' | 'result'> = new Gauge({
    name: 'mrdian_campaign_contacts',
    help: 'Contacts by what became of them last',
    labelNames: ['campaign', 'result'],
    registers: [registry],
    collect: () => {
      results.reset()
      for (const { id, results: all } of figures())
        for (const [result, count] of Object.entries(all)) results.set({ campaign: id, result }, count)
    },
  })
}

/** Adds the numbers of mobile agents by mode, and of nailed connections. */
export function addMobileAgents(registry: Registry, engine: Pick<Engine, 'get'>): void {
  // `engine.get` is read each time, because a reset replaces it.
  const mobiles = once(() => {
    const { get } = engine
    return get.directory().users.flatMap(({ id }) => get.mobile(id) ?? [])
  })
  const count = (is: (mobile: MobileValue) => boolean) => mobiles().filter(is).length
  const agents: Gauge<'mode'> = new Gauge({
    name: 'mrdian_mobile_agents',
    help: 'Users who are signed in as mobile agents',
    labelNames: ['mode'],
    registers: [registry],
    collect: () => {
      for (const mode of ['CALL_BY_CALL', 'NAILED_CONNECTION'] as const)
        agents.set(
          { mode },
          count((each) => each.mode === mode),
        )
    },
  })
  const nailed: Gauge<'state'> = new Gauge({
    name: 'mrdian_nailed_connections',
    help: 'Nailed connections to telephones of mobile agents',
    labelNames: ['state'],
    registers: [registry],
    collect: () => {
      nailed.set(
        { state: 'rings' },
        count((each) => each.nailed === 'RINGS'),
      )
      nailed.set(
        { state: 'up' },
        count((each) => each.nailed === 'UP'),
      )
    },
  })
}
