/**
 * A tour through all states of the model of calls: in each state every input is given to the product, which has to do
 * what the model does. The product is not restored for each state. From a state without a new input the tour goes on to
 * the nearest one that has any.
 */
import { AGENTS, type Input, inputs, modelStep, shown, type World } from './model.ts'
import { openProduct, type Seen } from './product.ts'

export interface Tour {
  readonly states: number
  /** Steps whose outcome was compared for the first time. */
  readonly transitions: number
  readonly complete: boolean
  /** The steps since there was no call, and the difference after the last of them. */
  readonly differences: readonly string[]
}

export interface TourOptions {
  readonly maxTransitions?: number
  /** A model with a fault, for a test of the tour. */
  readonly step?: typeof modelStep
  progress?(states: number, transitions: number): void
}

const DIFFERENCES_MAX = 20

const keyOf = (world: World): string => JSON.stringify(world)
const START: World = { calls: [] }

function expected(world: World): Seen {
  const [a, b] = AGENTS.map((agent) => shown(world, agent))
  if (!a || !b) throw new Error('the model has two agents')
  return { calls: world.calls.map(({ legs }) => legs.map(({ party, state }) => ({ party, state }))), agents: { a, b } }
}

/** Participants in any order (`dialog 1.1`). */
const comparable = ({ calls, agents }: Seen): string =>
  JSON.stringify({ calls: calls.map((legs) => legs.map(({ party, state }) => `${party} ${state}`).sort()), agents })

/** The states that the tour knows, and the inputs that it has not given in them. */
class Atlas {
  readonly #open = new Map<string, Input[]>()
  readonly #step: typeof modelStep

  constructor(step: typeof modelStep) {
    this.#step = step
  }

  get size(): number {
    return this.#open.size
  }

  /** The next input that was not given in this state. */
  next(world: World): Input | undefined {
    return this.#inputsOf(world).shift()
  }

  /** The shortest way to a state with an input that was not given. */
  wayOn(from: World): readonly Input[] | undefined {
    const ways: { readonly world: World; readonly way: readonly Input[] }[] = [{ world: from, way: [] }]
    const seen = new Set([keyOf(from)])
    for (const { world, way } of ways) {
      if (this.#inputsOf(world).length > 0) return way
      for (const input of inputs(world)) {
        const next = this.#step(world, input)
        if (seen.has(keyOf(next))) continue
        seen.add(keyOf(next))
        ways.push({ world: next, way: [...way, input] })
      }
    }
    return undefined
  }

  #inputsOf(world: World): Input[] {
    const known = this.#open.get(keyOf(world))
    if (known) return known
    const all = [...inputs(world)]
    this.#open.set(keyOf(world), all)
    return all
  }
}

/** Visits every state, or stops after `maxTransitions` comparisons. */
export async function tour(options: TourOptions = {}): Promise<Tour> {
  const { maxTransitions = Number.POSITIVE_INFINITY, step = modelStep, progress } = options
  const atlas = new Atlas(step)
  const differences: string[] = []
  let product = await openProduct()
  let world = START
  let path: Input[] = []
  let transitions = 0
  let complete = false

  /** Gives one input to both, and compares them. */
  const take = async (input: Input): Promise<void> => {
    path.push(input)
    await product.apply(input)
    world = step(world, input)
    const [is, should] = [comparable(product.seen()), comparable(expected(world))]
    if (is !== should) {
      differences.push(`${path.map((each) => JSON.stringify(each)).join('\n')}\n  ! is     ${is}\n  ! should ${should}`)
      await product.close()
      product = await openProduct()
      world = START
    }
    if (world.calls.length === 0) path = []
  }

  while (transitions < maxTransitions && differences.length < DIFFERENCES_MAX) {
    const input = atlas.next(world)
    if (input) {
      await take(input)
      transitions += 1
      if (transitions % 100 === 0) progress?.(atlas.size, transitions)
      continue
    }
    const way = atlas.wayOn(world)
    if (!way) {
      complete = true
      break
    }
    const found = differences.length
    for (const each of way) if (differences.length === found) await take(each)
  }
  await product.close()
  return { states: atlas.size, transitions, complete, differences }
}
