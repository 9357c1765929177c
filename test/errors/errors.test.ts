/** Errors of the package: each class has codes, and `src/errors/README.md` lists them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as machines from '../../machines/index.ts'
import { ERROR_CODES, errorText, MrdianError, REPORTED_BY } from '../../src/errors/index.ts'
import * as follow from '../../src/follow/index.ts'
import * as library from '../../src/index.ts'
import * as inspect from '../../src/inspect/index.ts'
import * as rest from '../../src/rest/index.ts'
import * as simulate from '../../src/simulate/index.ts'
import * as store from '../../src/store/index.ts'
import * as testing from '../../src/testing/index.ts'
import * as xmpp from '../../src/xmpp/index.ts'
import { errorTable } from './table.ts'

const PAGE = new URL('../../src/errors/README.md', import.meta.url)
const [BEGIN, END] = ['<!-- errors -->\n', '<!-- /errors -->']

type ErrorClass = typeof MrdianError

const isErrorClass = (value: unknown): value is ErrorClass =>
  typeof value === 'function' && value.prototype instanceof Error

const exported = Object.entries({
  ...machines,
  ...library,
  ...rest,
  ...xmpp,
  ...follow,
  ...store,
  ...inspect,
  ...simulate,
  ...testing,
})

describe('an error that the package exports', () => {
  const classes = exported.filter(([, value]) => isErrorClass(value))

  it('has a code: its class extends MrdianError', () => {
    const others = classes.filter(([, value]) => isErrorClass(value) && !(value.prototype instanceof MrdianError))
    expect(others.map(([name]) => name)).toEqual(['MrdianError'])
  })

  it('is in the table, and the table has no others', () => {
    const answers = ['Rejected', 'Refused']
    const named = Object.keys(REPORTED_BY).filter((name) => !answers.includes(name))
    expect(named.sort()).toEqual(
      classes
        .map(([name]) => name)
        .filter((name) => name !== 'MrdianError')
        .sort(),
    )
  })
})

describe('a code', () => {
  it('has one sentence, and a class or answer that uses it', () => {
    const reported = new Set<string>(Object.values(REPORTED_BY).flat())
    expect(ERROR_CODES.filter((code) => !reported.has(code))).toEqual([])
    for (const code of ERROR_CODES) expect(errorText(code)).toMatch(/^[A-Z"`].*\.$/)
  })
})

it('the README has the table', () => {
  const page = readFileSync(PAGE, 'utf8')
  const expected = `${page.split(BEGIN)[0]}${BEGIN}\n${errorTable()}\n${END}${page.split(END)[1] ?? ''}`
  if (process.env.UPDATE_ERRORS) writeFileSync(PAGE, expected)
  expect(readFileSync(PAGE, 'utf8')).toBe(expected)
})
