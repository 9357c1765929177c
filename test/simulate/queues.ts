/** Scenarios with known answers. `hours` and `runs` say how long they run: short in the tests, long in `closed-forms.ts`. */
import { experiment, type FigureEstimate, parseVariants } from '../../src/simulate/index.ts'
import { abandonedShare, cutWait, preemptedTime, priorityWaits, responseTime, waitOf } from './formulas.ts'

export interface Known {
  readonly name: string
  /** Id of the figure in the experiment. */
  readonly figure: string
  /** In the unit of the figure: durations in ms. */
  readonly answer: number
  /** Hours of each of ten runs in the tests, the first of them to warm up. */
  readonly hours: number
  /** Also of the hours of a run, if the work has to last for the whole run. */
  readonly scenario: string | ((hours: number) => string)
  /** What is asked is the figure divided by this one. */
  readonly per?: string
}

const HOUR = 3_600_000
const agents = (count: number, media: string) =>
  `directory: { generate: {} }\nagents: [{ name: a, count: ${count}, media: ${media}, accept: { delay: 0s } }]\n`

export const KNOWN: readonly Known[] = [
  {
    name: 'M/M/3: mean wait of chats',
    figure: 'queue/5002/waitMean',
    answer: waitOf(40, 20, 3) * HOUR,
    hours: 6,
    scenario: `${agents(3, '{ "5002": {} }')}handling: { "5002": { active: { exponential: 3m } } }
arrivals: [{ selector: chat_sales, perHour: 40 }]`,
  },
  {
    name: 'M/M/2+M: share of the customers who give up',
    figure: 'queue/5002/abandoned',
    per: 'queue/5002/arrived',
    answer: abandonedShare(50, 20, 2, 20),
    hours: 5,
    scenario: `${agents(2, '{ "5002": {} }')}handling: { "5002": { active: { exponential: 3m } } }
arrivals: [{ selector: chat_sales, perHour: 50, patience: { exponential: 3m } }]`,
  },
  {
    name: 'M/M/1, preemptive resume: e-mails that chats interrupt',
    figure: 'queue/5001/handledAfterMean',
    answer: preemptedTime([6, 6], [20, 20]) * HOUR,
    hours: 11,
    scenario: `${agents(1, '{ "5001": {}, "5002": {} }')}handling: { "5001": { active: { exponential: 3m } }, "5002": { active: { exponential: 3m } } }
arrivals: [{ selector: email_support, perHour: 6 }, { selector: chat_sales, perHour: 6 }]`,
  },
  {
    // Billing is always there: it came before the warm-up, and is in no figure. So the agent never rests.
    name: 'M/M/1 with priorities: mean wait of the urgent e-mails, with others always waiting',
    figure: 'queue/5001/waitMean',
    answer: priorityWaits([10, 10], 20)[0] * HOUR,
    hours: 9,
    scenario: (hours) => `${agents(1, '{ "5001": {} }')}handling: { "5001": { active: { exponential: 3m } } }
media: { "5001": { priorities: { email_support: 1 }, taskLife: 7d } }
arrivals:
  - { selector: email_support, perHour: 10, from: 1h }
  - { selector: email_billing, every: 1s, count: ${20 * hours}, to: 59m }`,
  },
  {
    name: 'M/M/1+D: mean wait for one specialist, with enough others after two minutes',
    figure: 'queue/5002/waitMean',
    answer: cutWait(16, 20, 1 / 30) * HOUR,
    hours: 6,
    scenario: `directory: { generate: {} }
agents:
  - { name: chat, count: 1, media: { "5002": {} }, accept: { delay: 0s } }
  - { name: mail, count: 9, media: { "5002": {} }, accept: { delay: 0s } }
media: { "5002": { overflow: [{ after: 2m, agents: [mail] }] } }
handling: { "5002": { active: { exponential: 3m } } }
arrivals: [{ selector: chat_sales, perHour: 16 }]`,
  },
  {
    name: 'M/M/1//3: time to a reply with three chats at once',
    figure: 'queue/5002/responseMean',
    answer: responseTime(3, 60 / 3600, 120) * HOUR,
    hours: 5,
    scenario: `${agents(1, '{ "5002": { maxDialogLimit: 3 } }')}handling:
  "5002": { active: 7d, turns: { agent: { exponential: 30s }, customer: { exponential: 60s } } }
media: { "5002": { maxTaskDuration: 7d } }
arrivals: [{ selector: chat_sales, at: [0s, 0s, 0s] }]`,
  },
]

/** The figure of ten runs, or of `runs`, with its interval. */
export async function estimateOf(
  { name, scenario, figure, per, hours }: Known,
  { runs = 10, times = 1 } = {},
): Promise<FigureEstimate['estimate']> {
  const length = Math.min(168, hours * times)
  const facts = typeof scenario === 'string' ? scenario : scenario(length)
  const text = `version: 1\ntitle: "${name}"\nduration: ${length}h\nwarmUp: 1h\n${facts}\n`
  const { outcomes } = await experiment(await parseVariants(text, 'known.yaml'), { replications: runs, lanes: 0 })
  const of = (id: string) => outcomes[0]?.figures.find((each) => each.id === id)?.estimate
  const found = of(figure)
  if (!found) throw new Error(`no figure ${figure}`)
  const by = per === undefined ? 1 : (of(per)?.mean ?? 1)
  const { mean, low = Number.NaN, high = Number.NaN } = found
  return { mean: mean / by, low: low / by, high: high / by, runs }
}
