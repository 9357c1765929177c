/** A line on a terminal that says how far something long has come. */

/** Nothing is shown of what takes less, in ms. */
const PATIENCE = 1000
/** Milliseconds between two changes of the line. */
const REFRESH = 100
const WIDTH = 30

/** Where the line goes: standard error, for example. */
export interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

export interface Progress {
  /** `done` of `total` things. */
  show(done: number, total: number): void
  /** Takes the line away. */
  end(): void
}

/**
 * `now`: milliseconds of any clock that only goes forward. `what`: the things that are counted. Without a terminal
 * nothing is shown.
 */
export function progressOn(terminal: Terminal, now: () => number, what = 'rows'): Progress {
  const begin = now()
  let next = begin + PATIENCE
  let isShown = false
  return {
    show(done, total) {
      const time = now()
      if (!terminal.isTTY || time < next) return
      next = time + REFRESH
      isShown = true
      const share = total === 0 ? 1 : Math.min(1, done / total)
      const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.')
      terminal.write(`\r[${bar}] ${Math.floor(share * 100)} %, ${done} of ${total} ${what}`)
    },
    end() {
      if (isShown) terminal.write('\r\x1b[K')
    },
  }
}
