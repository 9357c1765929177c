/** Long answers leave others their turns. */
import { expect, it } from 'vitest'
import { inSlices } from '../../src/http/index.ts'

it('what is made of many is made in their order, and others have their turns in between', async () => {
  const order: (number | 'other')[] = []
  const numbers = Array.from({ length: 250 }, (_, n) => n)
  const made = inSlices(numbers, (n) => {
    order.push(n)
    return 2 * n
  })
  setImmediate(() => order.push('other'))
  expect(await made).toEqual(numbers.map((n) => 2 * n))
  expect(order.filter((each) => each !== 'other')).toEqual(numbers)
  expect(order.indexOf('other')).toBeLessThan(numbers.length)
  expect(await inSlices([], () => 1)).toEqual([])
})
