/** The journal has an input as it is after a conversion to JSON text and back. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asJson, isSameJson } from '../../src/engine/json.ts'

const deep = (depth: number): object => (depth === 0 ? {} : { in: deep(depth - 1), list: [depth] })

describe('asJson', () => {
  test.each<[string, object]>([
    ['plain data', { kind: 'user', event: { type: 'READY', reason: null, list: [1, 'two', [true, false]] } }],
    ['what JSON leaves out', { a: undefined, b: () => 1, c: Symbol('c'), d: [undefined, () => 1, Symbol('d')] }],
    ['numbers that JSON does not know', { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: -0, d: 1e21 }],
    ['what says itself how it is written', { at: new Date(0), url: new URL('http://127.0.0.1/') }],
    ['what is not plain', { map: new Map([[1, 2]]), boxed: Object('text'), bare: Object.create(null) }],
    ['a name that is none', JSON.parse('{"__proto__": {"a": 1}, "b": {"__proto__": 2}}')],
    ['holes', new Array(3)],
    ['numbers as names', { b: 1, 2: 'two', a: 0, 1: 'one' }],
    ['great depth', deep(100)],
  ])('%s', (_, value) => {
    const copy = asJson(value)
    expect(JSON.stringify(copy)).toBe(JSON.stringify(value))
    expect(copy).toStrictEqual(JSON.parse(JSON.stringify(value)))
  })

  test('shares nothing with the original', () => {
    const value = { list: [{ a: 1 }] }
    const copy = asJson(value)
    for (const each of value.list) each.a = 2
    expect(copy).toEqual({ list: [{ a: 1 }] })
  })

  test('refuses values that JSON does not have', () => {
    const cycle: { self?: object } = {}
    cycle.self = cycle
    expect(() => asJson(cycle)).toThrow(TypeError)
    expect(() => asJson({ big: 1n })).toThrow(TypeError)
  })
})

describe('isSameJson', () => {
  test('compares as texts of JSON do, but for the order of members', () => {
    const leaf = fc.constantFrom(null, true, 0, 1, '', 'a', undefined)
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, leaf, tie('list'), tie('record')),
      list: fc.array(fc.oneof(fc.constantFrom(0, 'a'), tie('record')), { maxLength: 2 }),
      record: fc.dictionary(fc.constantFrom('a', 'b', 'toString'), tie('value'), { noNullPrototype: true }),
    }))
    const sorted = (json: unknown): unknown =>
      JSON.stringify(json, (_, each: unknown) =>
        typeof each === 'object' && each !== null && !Array.isArray(each)
          ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
          : each,
      )
    const same = fc.property(value, value, (one, other) => {
      expect(isSameJson(one, other)).toBe(sorted(one) === sorted(other))
      if (typeof one === 'object' && one !== null) expect(isSameJson(asJson(one), one)).toBe(true)
    })
    fc.assert(same, { seed: 1, numRuns: 300 })
  })
})
