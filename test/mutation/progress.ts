/** The progress of a run, on standard error. On a terminal it is one line that changes, otherwise a line sometimes. */

/** The shortest time between two lines if the output is not a terminal. */
const LINE_EVERY_MS = 30_000

export interface Progress {
  /** Shows the present state. */
  show(line: string): void
  /** Writes a line that stays. */
  say(line: string): void
  /** Leaves the last state on the terminal. */
  end(): void
}

export interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

export function progressOn(output: Output, now: () => number = () => performance.now()): Progress {
  let last = ''
  let written = Number.NEGATIVE_INFINITY
  let pending = false
  const put = (line: string) => {
    output.write(output.isTTY ? `\r\u001b[K${line}` : `${line}\n`)
    written = now()
    pending = false
  }
  const end = () => {
    if (pending) put(last)
    if (output.isTTY && last !== '') output.write('\n')
    last = ''
  }
  return {
    show(line) {
      last = line
      pending = true
      if (output.isTTY || now() - written >= LINE_EVERY_MS) put(line)
    },
    say(line) {
      end()
      output.write(`${line}\n`)
    },
    end,
  }
}
