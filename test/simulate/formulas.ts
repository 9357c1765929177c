/** Closed forms of queueing theory. Rates are per hour, times in hours. */

/** The stationary distribution of a birth-death process with the states 0 to `most`. */
function stationary(most: number, birth: (state: number) => number, death: (state: number) => number): number[] {
  const weights = [1]
  for (let state = 1; state <= most; state += 1)
    weights.push(((weights[state - 1] ?? 0) * birth(state - 1)) / death(state))
  const sum = weights.reduce((all, weight) => all + weight, 0)
  return weights.map((weight) => weight / sum)
}

const mean = (shares: readonly number[], of: (state: number) => number) =>
  shares.reduce((sum, share, state) => sum + share * of(state), 0)

/** M/M/c: mean wait (Erlang C, by way of Little's law). */
export function waitOf(arrivals: number, service: number, agents: number): number {
  const states = stationary(
    2000,
    () => arrivals,
    (state) => Math.min(state, agents) * service,
  )
  return mean(states, (state) => Math.max(0, state - agents)) / arrivals
}

/** M/M/c+M: share of the customers who give up (Erlang A). */
export function abandonedShare(arrivals: number, service: number, agents: number, impatience: number): number {
  const states = stationary(
    500,
    () => arrivals,
    (state) => Math.min(state, agents) * service + Math.max(0, state - agents) * impatience,
  )
  return (mean(states, (state) => Math.max(0, state - agents)) * impatience) / arrivals
}

/** M/M/1 with preemptive resume: mean time in the system of the lower of two classes. */
export function preemptedTime(
  [urgent, other]: readonly [arrivals: number, arrivals: number],
  [urgentService, otherService]: readonly [service: number, service: number],
): number {
  const [first, second] = [urgent / urgentService, other / otherService]
  const residual = first / urgentService + second / otherService
  return 1 / otherService / (1 - first) + residual / ((1 - first) * (1 - first - second))
}

/** M/M/1 with two classes, not preemptive: mean waits of the first and the second class. */
export function priorityWaits(arrivals: readonly [number, number], service: number): readonly [number, number] {
  const [first, second] = [arrivals[0] / service, arrivals[1] / service]
  const residual = (first + second) / service
  return [residual / (1 - first), residual / ((1 - first) * (1 - first - second))]
}

/**
 * M/M/1+D: mean wait if whoever has waited `most` goes elsewhere at once. The density of the work that an arrival finds
 * before it is a sum of exponentials, because only those join the server who find less than `most`.
 */
export function cutWait(arrivals: number, service: number, most: number): number {
  const drift = service - arrivals
  /** The share that finds more than `x`, which is less than `most`, not normalised. */
  const beyond = (x: number) =>
    (arrivals * (Math.exp(-drift * x) - Math.exp(-drift * most))) / drift +
    (arrivals / service) * Math.exp(-drift * most)
  const steps = 10_000
  const sum = Array.from({ length: steps }, (_, step) => beyond(((step + 0.5) * most) / steps)).reduce(
    (a, b) => a + b,
    0,
  )
  return (sum * most) / steps / (1 + beyond(0))
}

/** M/M/1//k, one repairman: mean time from a breakdown to its repair. */
export function responseTime(customers: number, thinking: number, service: number): number {
  const states = stationary(
    customers,
    (state) => (customers - state) / thinking,
    () => service,
  )
  const done = service * (1 - (states[0] ?? 0))
  return customers / done - thinking
}
