/** How metrics are added whose values are kept elsewhere. All names begin with `mrdian_`. */
import { Counter, Gauge, type Registry } from '../bundled/prom-client.ts'

/** The values of a metric by their labels. */
type Labelled<Label extends string> = Iterable<readonly [Readonly<Partial<Record<Label, string>>>, number]>

export type Adding = ReturnType<typeof addingTo>

/** Adds to the registry. `read` returns the value, or the values by labels, each time when the metrics are collected. */
export function addingTo(registry: Registry) {
  const registers = [registry]
  const adding =
    (Kind: typeof Gauge | typeof Counter) =>
    <Label extends string>(
      name: string,
      help: string,
      labelNames: readonly Label[],
      read: () => Labelled<Label>,
    ): void => {
      const collect = () => {
        made.reset()
        for (const [labels, value] of read()) made.inc(labels, value)
      }
      const made: Gauge<Label> | Counter<Label> = new Kind({
        name: `mrdian_${name}`,
        help,
        labelNames,
        registers,
        collect,
      })
    }
  const [gauges, counters] = [adding(Gauge), adding(Counter)]
  return {
    gauges,
    counters,
    gauge: (name: string, help: string, read: () => number) => gauges(name, help, [], () => [[{}, read()]]),
    counter: (name: string, help: string, read: () => number) => counters(name, help, [], () => [[{}, read()]]),
  }
}
