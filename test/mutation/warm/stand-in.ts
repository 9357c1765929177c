/** The functions that tests import from vitest, for the warm process. Polling and module mocks are missing. */
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
} from '@vitest/expect'
import { fn, restoreAllMocks, spyOn } from '@vitest/spy'

export { afterAll, afterEach, beforeAll, beforeEach, describe, it, onTestFinished, test } from '@vitest/runner'

export const vi = { fn, spyOn, restoreAllMocks }

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin)

const matchers: unknown = Reflect.get(globalThis, ASYMMETRIC_MATCHERS_OBJECT)
const expects = (value: unknown, message?: string) => chai.expect(value, message)
/** Only `npm test` checks that a test has assertions. */
const hasAssertions = () => undefined
export const expect = Object.assign(expects, chai.expect, matchers, { hasAssertions })
Reflect.set(globalThis, GLOBAL_EXPECT, expect)
