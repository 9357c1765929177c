/** The progress of one simulation on a terminal, and its events one by one. */
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline/promises'
import type { SimulateOptions, SimulationResult } from '../../simulate/index.ts'
import { instant } from '../../times/index.ts'
import { complain } from '../progress.ts'

/** Width of the bar in characters. */
const WIDTH = 30
/** Milliseconds between two updates of the bar. */
const PAUSE = 100

type ShowProgress = NonNullable<SimulateOptions['onProgress']>

/** A progress bar on a terminal; elsewhere only the last line is printed. */
export function progressBar(name: string): {
  readonly show: ShowProgress
  readonly finish: (result: SimulationResult, ms: number) => void
} {
  const isTerminal = process.stderr.isTTY
  const began = performance.now()
  let shown = began
  return {
    show({ done, duration, contacts }) {
      const now = performance.now()
      if (!isTerminal || now - shown < PAUSE) return
      shown = now
      const bar = '#'.repeat(Math.round((WIDTH * done) / duration)).padEnd(WIDTH, '.')
      process.stderr.write(`\r${name} [${bar}] ${contacts} contacts, ${speed(done, now - began)}\u001b[K`)
    },
    finish({ durationMs, counts }, ms) {
      if (isTerminal) process.stderr.write('\r\u001b[K')
      const seconds = (ms / 1000).toFixed(1)
      complain(`${name}: ${counts.contacts} contacts in ${seconds} s, ${speed(durationMs, ms)}`)
    },
  }
}

const speed = (simulated: number, real: number) => `${Math.round(simulated / Math.max(real, 1))} x real time`

/** Prints the events of a step, and continues when Enter is pressed. */
export function stepper(): { readonly step: NonNullable<SimulateOptions['step']>; close(): void } {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  // When the terminal is closed, the simulation continues by itself.
  const ended = new AbortController()
  terminal.once('close', () => ended.abort())
  return {
    async step(at, happened) {
      process.stderr.write(happened.map((line) => `${instant(at)}  ${line}\n`).join(''))
      const { signal } = ended
      if (!signal.aborted) await terminal.question('', { signal }).catch(() => undefined)
    },
    close: () => terminal.close(),
  }
}
