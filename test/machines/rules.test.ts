/** Every row of a chart names the rules that it implements, and every rule is implemented and tested. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { RULES, type Rule } from '../../machines/rules.ts'
import { charts } from '../../src/inspect/diagram/index.ts'
import { chartRows, PAGE, ruleIds, rulesPage, testsOf } from './rules-page.ts'

/** One sentence with a full stop. */
const SENTENCE = /^[A-Z][^.]*( 5\.5)?[^.]*\.$/

const rule = (id: keyof typeof RULES): Rule => RULES[id]

describe('every row', () => {
  it('has a description of one sentence', () => {
    expect(chartRows().filter(({ description }) => !SENTENCE.test(description))).toEqual([])
  })

  it('belongs to a state that has a description of one sentence', () => {
    const states = [...charts().values()].flatMap((chart) => chart.states)
    expect(states.filter(({ description }) => !SENTENCE.test(description))).toEqual([])
  })
})

describe('every rule', () => {
  it('is one sentence', () => {
    expect(ruleIds().filter((id) => !SENTENCE.test(rule(id).text))).toEqual([])
  })

  it('is implemented by a row or by the module that it names, or says why it is not', () => {
    const kept = new Set(chartRows().flatMap(({ rules }) => rules))
    const unkept = ruleIds().filter(
      (id) => !kept.has(id) && rule(id).heldBy === undefined && rule(id).absent === undefined,
    )
    expect(unkept).toEqual([])
    expect(ruleIds().filter((id) => kept.has(id) && rule(id).absent !== undefined)).toEqual([])
    const modules = ruleIds().flatMap((id) => rule(id).heldBy ?? [])
    expect(modules.filter((file) => !existsSync(fileURLToPath(new URL(`../../${file}`, import.meta.url))))).toEqual([])
  })

  it('that is implemented is named in a test', () => {
    expect(ruleIds().filter((id) => rule(id).absent === undefined && testsOf(id).length === 0)).toEqual([])
  })
})

it('RULES.md is up to date: `npm run rules` writes it', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(rulesPage())
})
