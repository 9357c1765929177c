import { describe, expect, it } from 'vitest'
import { Places } from '../../../src/inspect/board/page/places.ts'

describe('where the rows of a long list stand', () => {
  it('rows have the usual height until they are measured', () => {
    const places = new Places()
    places.lay(['a', 'b', 'c'], 10)
    expect([places.end, places.top(1), places.at(0), places.at(9), places.at(10), places.at(99)]).toEqual([
      30, 10, 0, 0, 1, 3,
    ])
    expect([places.measured('b', 25), places.measured('b', 25)]).toEqual([true, false])
    places.lay(['a', 'b', 'c'], 10)
    expect([places.end, places.top(2), places.at(34), places.at(35)]).toEqual([45, 35, 1, 2])
  })

  it('a row keeps its height when the order changes, until the list has another width', () => {
    const places = new Places()
    places.measured('b', 25)
    places.lay(['b', 'a'], 10)
    expect(places.top(1)).toBe(25)
    places.forget()
    places.lay(['b', 'a'], 10)
    expect(places.top(1)).toBe(10)
  })

  it('an empty list has no height', () => {
    const places = new Places()
    places.lay([], 10)
    expect([places.end, places.at(0)]).toEqual([0, 0])
  })
})
