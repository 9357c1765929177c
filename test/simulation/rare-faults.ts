/** Faults that a run has a few of. They have their own random stream, so the other steps stay the same. */
import { Dice } from './dice.ts'
import type { Ending, Step, Timed } from './script.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const KINDS = { clock: 3, crash: 3, reload: 2, sockets: 1 } as const

/** The steps of a run, with some of these faults at random places. */
export function rareFaults(seed: number, steps: readonly Timed[]): Timed[] {
  const dice = new Dice(seed, 'rare')
  const all = [...steps]
  for (let left = dice.of(2, 3, 4, 5); left > 0; left -= 1) {
    const step = rareFault(dice)
    all.splice(dice.below(all.length + 1), 0, { after: dice.of(0, 0, 1, 300, 2000), step })
  }
  return all
}

function rareFault(dice: Dice): Step {
  const kind = dice.weighted(KINDS)
  switch (kind) {
    case 'clock':
      return {
        do: kind,
        by: dice.of(HOUR, -HOUR, 400 * DAY, -400 * DAY),
        for: dice.of(0, 1, 5000, 600_000),
        down: dice.of(0, 0, 1, 1000),
      }
    case 'crash': {
      const when = () => dice.of<Ending>('now', 'now', 'before', 'after', 'send')
      // Before clients are back, and with some clients back.
      const again = () => ({ when: when(), after: dice.of(0, 0, 1, 700, 1500, 4000) })
      return {
        do: kind,
        when: when(),
        down: dice.of(1, 1000),
        again: dice.chance(0.5) ? [again()] : [again(), again()],
      }
    }
    case 'reload':
      return {
        do: kind,
        from: dice.of('file', 'file', 'body'),
        at: dice.below(1000),
        cut: dice.of('place', 'line', 'user', 'user'),
      }
    case 'sockets': {
      const count = 12 + dice.below(6)
      const dead = Array.from({ length: count }, () => ({
        kind: dice.below(1000),
        end: dice.of<'stays' | 'closed' | 'reset'>('stays', 'stays', 'stays', 'closed', 'reset'),
      }))
      return { do: kind, dead, honest: dice.below(1000) }
    }
  }
}
