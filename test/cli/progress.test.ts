/** The progress bar. */
import { expect, it } from 'vitest'
import { progressOn } from '../../src/cli/progress.ts'

function terminal(isTTY: boolean) {
  let time = 0
  const written: string[] = []
  const progress = progressOn({ isTTY, write: (text) => written.push(text) }, () => time)
  return {
    progress,
    written,
    at(ms: number) {
      time = ms
    },
  }
}

it('shows nothing in the first second, and nothing without a terminal', () => {
  const short = terminal(true)
  short.at(999)
  short.progress.show(1, 2)
  short.progress.end()
  expect(short.written).toEqual([])
  const piped = terminal(false)
  piped.at(5000)
  piped.progress.show(1, 2)
  piped.progress.end()
  expect(piped.written).toEqual([])
})

it('fills a bar, redraws it at a limited rate, and removes it at the end', () => {
  const { progress, written, at } = terminal(true)
  at(1000)
  progress.show(500, 1000)
  at(1050)
  progress.show(600, 1000)
  at(1100)
  progress.show(1000, 1000)
  progress.end()
  expect(written).toEqual([
    `\r[${'#'.repeat(15)}${'.'.repeat(15)}] 50 %, 500 of 1000 rows`,
    `\r[${'#'.repeat(30)}] 100 %, 1000 of 1000 rows`,
    '\r\x1b[K',
  ])
})
