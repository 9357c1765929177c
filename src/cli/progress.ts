/** A progress bar on a terminal, for commands that take long. */

/** No bar is shown for shorter work, in milliseconds. */
const PATIENCE = 1000
/** Milliseconds between two updates of the bar. */
const REFRESH = 100
const WIDTH = 30

/** The output for the bar, for example standard error. */
export interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

export interface Progress {
  /** Shows that `done` of `total` things are done. */
  show(done: number, total: number): void
  /** Removes the bar. */
  end(): void
}

/**
 * `now` returns milliseconds of a monotonic clock. `what` names the things that are counted. Without a terminal nothing
 * is shown.
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

/** A bar for each kind of work, one after the other. The arguments are those of `progressOn`. */
export class Bars {
  readonly #terminal: Terminal
  readonly #now: () => number
  #what = ''
  #bar: Progress | undefined

  constructor(terminal: Terminal, now: () => number) {
    this.#terminal = terminal
    this.#now = now
  }

  show(done: number, total: number, what: string): void {
    if (what !== this.#what) {
      this.end()
      this.#what = what
      this.#bar = progressOn(this.#terminal, this.#now, what)
    }
    this.#bar?.show(done, total)
  }

  end(): void {
    this.#bar?.end()
  }
}

/** Prints a line to standard error. */
export function complain(text: string): void {
  process.stderr.write(`mrdian: ${text}\n`)
}
