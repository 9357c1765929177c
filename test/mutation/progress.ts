/** How far a run is, on standard error: one line that changes on a terminal, a line now and then elsewhere. */

/** Elsewhere than on a terminal a line comes at most so often. */
const LINE_EVERY_MS = 30_000

export interface Progress {
  /** Shows where the run is. */
  show(line: string): void
  /** A line that stays. */
  say(line: string): void
  /** The last state stays. */
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
