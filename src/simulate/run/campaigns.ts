/** The campaigns of a scenario: their contacts, and how the numbers of these answer. */
import type { OutsideNumber } from '../../engine/values.ts'
import type { Stream } from '../random.ts'
import type { CampaignEntry } from '../scenario/schema.ts'
import type { World } from './world.ts'

/** Most numbers whose behaviour is set at once. */
const AT_ONCE = 1000

/** To be called before anything happens. Without campaigns in the scenario the journal stays as it is. */
export function startCampaigns(world: World): void {
  for (const [place, campaign] of world.scenario.campaigns.entries()) {
    const random = world.stream(`campaign/${campaign.id}`)
    const contacts = Array.from({ length: campaign.contacts }, (_, number) => numberOf(place, number))
    for (let at = 0; at < contacts.length; at += AT_ONCE) {
      const some = contacts.slice(at, at + AT_ONCE)
      const numbers = Object.fromEntries(some.map((number) => [number, behaviour(world, campaign, random)]))
      world.clock.track(world.acd.changeNetwork({ numbers }))
    }
    world.atMoment(campaign.at, () => begin(world, campaign, contacts))
  }
}

function begin(world: World, campaign: CampaignEntry, numbers: readonly string[]): void {
  const { id, mode, queue, linesPerAgent, preview, noAnswer, retry, attempts } = campaign
  const contacts = numbers.map((number) => ({ number }))
  const times = {
    previewSeconds: preview / 1000,
    noAnswerSeconds: noAnswer / 1000,
    retrySeconds: retry / 1000,
    attemptsMax: attempts,
  }
  world.clock.track(
    world.unlessRefused(world.acd.campaigns.create({ id, mode, queue, contacts, linesPerAgent, ...times })),
  )
}

/** The number of a contact. No extension and no queue of a directory begins like that. */
const numberOf = (campaign: number, contact: number): string =>
  `00${String(campaign).padStart(3, '0')}${String(contact).padStart(5, '0')}`

/** How a contact answers, drawn once. The customer talks until the agent hangs up. */
function behaviour(
  world: World,
  { busy, noAnswer: _, unanswered, ring }: CampaignEntry,
  random: Stream,
): OutsideNumber {
  const luck = random.next()
  const seconds = Math.round(world.draw(ring, random) / 1000)
  if (luck < busy) return { outcome: 'busy' }
  if (luck < busy + unanswered) return { outcome: 'no-answer' }
  return { outcome: 'answer', ringSeconds: seconds, talkSeconds: null }
}
