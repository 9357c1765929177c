/**
 * Metrics of campaigns and of mobile agents. The labels are ids of campaigns, of which there are a hundred at most, and
 * words of the product. No label contains a number or a user.
 */
import type { Engine } from '../engine/api.ts'
import type { CampaignFigures, MobileValue } from '../engine/values.ts'
import type { Adding } from './adding.ts'

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
export function addCampaigns({ gauges, counters }: Adding, engine: Pick<Engine, 'acd'>): void {
  const figures = once(() => engine.acd?.campaigns.figures() ?? [])
  const each = (read: (figures: CampaignFigures) => number) => () =>
    figures().map((campaign) => [{ campaign: campaign.id }, read(campaign)] as const)
  const gauge = (name: string, help: string, read: (figures: CampaignFigures) => number) =>
    gauges(`campaign_${name}`, help, ['campaign'], each(read))
  gauge('running', '1 while the campaign calls', ({ isRunning }) => Number(isRunning))
  gauge('contacts_left', 'Contacts that are not closed', ({ contacts: { waiting, reserved, later } }) =>
    [waiting, reserved, later].reduce((sum, count) => sum + count, 0),
  )
  gauge('contacts_reserved', 'Contacts that an agent or a line has', ({ contacts }) => contacts.reserved)
  gauge('agents', 'Agents who are reserved, and do not talk to a customer yet', ({ agents }) => agents)
  const attempts = each((campaign) => campaign.attempts)
  counters('campaign_attempts_total', 'How often contacts were tried', ['campaign'], attempts)
  gauges('campaign_contacts', 'Contacts by what became of them last', ['campaign', 'result'], () =>
    figures().flatMap(({ id, results }) =>
      Object.entries(results).map(([result, count]) => [{ campaign: id, result }, count] as const),
    ),
  )
}

/** Adds the numbers of mobile agents by mode, and of nailed connections. */
export function addMobileAgents({ gauges }: Adding, engine: Pick<Engine, 'get'>): void {
  // `engine.get` is read each time, because a reset replaces it.
  const mobiles = once(() => {
    const { get } = engine
    return get.directory().users.flatMap(({ id }) => get.mobile(id) ?? [])
  })
  const count = (is: (mobile: MobileValue) => boolean) => mobiles().filter(is).length
  gauges('mobile_agents', 'Users who are signed in as mobile agents', ['mode'], () =>
    (['CALL_BY_CALL', 'NAILED_CONNECTION'] as const).map(
      (mode) => [{ mode }, count((each) => each.mode === mode)] as const,
    ),
  )
  gauges('nailed_connections', 'Nailed connections to telephones of mobile agents', ['state'], () => [
    [{ state: 'rings' }, count(({ nailed }) => nailed === 'RINGS')],
    [{ state: 'up' }, count(({ nailed }) => nailed === 'UP')],
  ])
}
