/** The arrivals of customers. */
import type { Stream } from '../random.ts'
import type { ArrivalStream } from '../scenario/model.ts'
import { DAY, HOUR } from '../scenario/time.ts'
import type { SimulatedContacts } from './contacts.ts'
import type { World } from './world.ts'

/** Moments of one stream, in order, in milliseconds since the start. */
export function* momentsOf(arrival: ArrivalStream, world: World): Generator<number> {
  const end = Math.min(arrival.to ?? Number.POSITIVE_INFINITY, world.scenario.duration)
  let number = 0
  for (const moment of all(arrival, world, end)) {
    if (moment >= end || number >= (arrival.count ?? Number.POSITIVE_INFINITY)) return
    number += 1
    yield moment
  }
}

function* all(arrival: ArrivalStream, world: World, end: number): Generator<number> {
  const { at, every, perHour, byHour, from, key } = arrival
  if (at) yield* [...at].sort((a, b) => a - b)
  else if (every) for (let moment = from; moment < end; moment += every) yield moment
  else {
    const rateAt = (moment: number) => perHour ?? byHour?.[hourOf(world.scenario.start + moment)] ?? 0
    yield* poisson(from, end, rateAt, world.scenario.start, world.stream(`arrivals/${key}`))
  }
}

const hourOf = (time: number) => String(Math.floor((time % DAY) / HOUR)).padStart(2, '0')

/** A Poisson process whose rate (per hour) may change at every full hour. */
function* poisson(
  from: number,
  end: number,
  rateAt: (moment: number) => number,
  start: number,
  random: Stream,
): Generator<number> {
  let moment = from
  let left = -Math.log(1 - random.next())
  while (moment < end) {
    const nextHour = moment + HOUR - ((start + moment) % HOUR)
    const rate = rateAt(moment) / HOUR
    const needed = rate === 0 ? Number.POSITIVE_INFINITY : left / rate
    if (moment + needed >= nextHour) {
      left -= rate * (nextHour - moment)
      moment = nextHour
    } else {
      moment += needed
      yield Math.round(moment)
      left = -Math.log(1 - random.next())
    }
  }
}

/** Starts all arrival streams. Of each stream only the next arrival is scheduled. */
export function startArrivals(world: World, contacts: SimulatedContacts): void {
  for (const arrival of world.scenario.arrivals) {
    const moments = momentsOf(arrival, world)
    let number = 0
    const next = () => {
      const { value, done } = moments.next()
      if (done) return
      world.atMoment(value, () => {
        number += 1
        contacts.arrive(arrival, number)
        next()
      })
    }
    next()
  }
}
