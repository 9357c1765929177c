/** The overview: what was simulated, and the results of the expectations. */

import { element } from '../../../pages/browser/dom.ts'
import { count, duration, exact, moment } from '../../../pages/lanes/format.ts'
import type { SimulationResult } from '../../result.ts'

function facts(pairs: readonly (readonly [string, string])[]): HTMLElement {
  return element('dl', {}, ...pairs.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]))
}

/** Title, description, and what is needed to run it again. */
export function head(result: SimulationResult, title: string, level: 'h1' | 'h2'): HTMLElement {
  const { scenario, seed, startsAt, durationMs, journalHash, counts } = result
  return element(
    'header',
    {},
    element(level, {}, title),
    scenario.description === '' ? undefined : element('p', {}, scenario.description),
    facts([
      ['Scenario', scenario.name],
      ['Seed', String(seed)],
      ['Duration', duration(durationMs)],
      ['Begins at', moment(startsAt)],
      ['Journal hash', journalHash],
      ['Inputs', count(counts.inputs)],
      ['Notifications', count(counts.notifications)],
    ]),
  )
}

/** Expectations, the failed ones first. */
export function expectations(
  { expectations: all }: SimulationResult,
  name: string | undefined,
): HTMLElement | undefined {
  if (all.length === 0) return undefined
  const failed = all.filter(({ held }) => !held)
  const rows = [...failed, ...all.filter(({ held }) => held)].map(({ held, at, text, found, line }) =>
    element(
      'tr',
      {},
      element('td', { class: held ? 'held' : 'failed' }, held ? '\u2713 held' : '\u2717 failed'),
      element('td', {}, exact(at)),
      element('td', {}, text),
      element('td', {}, found),
      element('td', { class: 'number' }, String(line)),
    ),
  )
  const heads = ['Result', 'At', 'Expected', 'Found', 'Line'].map((text) => element('th', { scope: 'col' }, text))
  const caption = `${count(all.length - failed.length)} of ${count(all.length)} held${name ? `, ${name}` : ''}`
  return element(
    'div',
    { class: 'wide' },
    element(
      'table',
      { class: 'expectations' },
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, ...heads)),
      element('tbody', {}, ...rows),
    ),
  )
}

/** Faults in words, because the bands on the time axis only have room for the beginning of the text. */
export function faults({ faults: all }: SimulationResult, name: string | undefined): HTMLElement | undefined {
  if (all.length === 0) return undefined
  const rows = all.map(({ text, from, to }) =>
    element(
      'tr',
      {},
      element('td', {}, text),
      element('td', {}, exact(from)),
      element('td', {}, exact(to)),
      element('td', {}, duration(to - from)),
    ),
  )
  const heads = ['Fault', 'From', 'To', 'Duration'].map((text) => element('th', { scope: 'col' }, text))
  return element(
    'div',
    { class: 'wide' },
    element(
      'table',
      { class: 'faults' },
      element('caption', {}, name ? `Faults, ${name}` : 'Faults'),
      element('thead', {}, element('tr', {}, ...heads)),
      element('tbody', {}, ...rows),
    ),
  )
}
