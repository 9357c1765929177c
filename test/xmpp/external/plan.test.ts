/** Nodes at an external server are the same as in the embedded service. */
import { describe, expect, it } from 'vitest'
import { planNodes } from '../../../src/xmpp/external/plan.ts'
import type { Account } from '../../../src/xmpp/service/account.ts'
import { Nodes } from '../../../src/xmpp/service/nodes.ts'
import { directory } from '../support/world.ts'

const accounts: readonly Account[] = [
  ...directory.users.map(({ id }): Account => ({ id, local: id, kind: 'user' })),
  { id: 'admin', local: 'admin', kind: 'administrator' },
]

describe.each([true, false])('the plan with authorised subscriptions: %s (notifications 5.1, 5.2)', (authorize) => {
  const plans = planNodes(directory, { administrators: ['admin'], authorize })
  const nodes = new Nodes(() => directory, authorize)

  it('has every node that an account can see, once', () => {
    const names = plans.map(({ node }) => node)
    expect(new Set(names).size).toBe(names.length)
    const seen = new Set(accounts.flatMap((account) => nodes.visibleTo(account)))
    expect(names.filter((name) => nodes.find(name) === undefined)).toEqual([])
    expect([...seen].filter((name) => !names.includes(name))).toEqual([])
  })

  it('has the same subscribers and the same rights as the embedded service', () => {
    for (const { node, access, members, subscribers } of plans) {
      const found = nodes.find(node)
      if (!found) throw new Error(node)
      for (const account of accounts) {
        const { id } = account
        expect([node, id, subscribers.includes(id)]).toEqual([node, id, nodes.isAutomatic(account, found)])
        const may = access === 'open' || members.includes(id)
        expect([node, id, may]).toEqual([node, id, nodes.maySubscribe(account, found)])
      }
    }
  })
})
