/** What notifications carry: `notifications.md` 15.13, 15.14. */
import { expect, it } from 'vitest'
import { loadDirectory } from '../../../src/directory/index.ts'
import type { Stage } from './sequences.ts'

const SAMPLE = await loadDirectory()

/** Markup, quotes, and letters of other alphabets. */
const NAME = `A&B <c> "d" 'e' &amp; Ωмега 山田 😀`

export function contentSequences({ start }: Stage): void {
  it('15.13 escaping: a name with markup, quotes and other alphabets arrives as it is', async () => {
    const users = SAMPLE.directory.users.map((user) => (user.id === '1001' ? { ...user, firstName: NAME } : user))
    const on = await start({ directory: { ...SAMPLE, directory: { ...SAMPLE.directory, users } } })
    const agent = await on.connect('1001')
    expect(await agent.putUser('<state>LOGIN</state><extension>1001</extension>')).toBe(202)
    expect((await agent.next()).value('firstName')).toBe(NAME)
    expect((await agent.me()).value('firstName')).toBe(NAME)
  })

  it('15.14 large dialog: sixty variables, over 8 kB, in one notification', async () => {
    const on = await start()
    const agent = await on.connect('1001')
    const settings = '<maxDialogLimit>1</maxDialogLimit><interruptAction>ACCEPT</interruptAction>'
    expect(await agent.putMedia('5002', `<state>LOGIN</state>${settings}`)).toBe(202)
    expect(await agent.putMedia('5002', '<state>READY</state>')).toBe(202)
    await agent.lines(2)
    // Names and values have 2000 bytes together (`dialog.md` 1.4); on the wire they are more.
    const value = (index: number) => `${index}${'&'.repeat(20)}`
    const variables = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`user.v${index}`, value(index)]))
    await on.acd('POST', '/tasks', { scriptSelector: 'chat_sales', variables })
    expect(await agent.lines(1)).toEqual(['User/1001/Media PUT Media RESERVED'])
    const offered = await agent.next()
    expect(offered.text.length).toBeGreaterThan(8192)
    expect(offered.text.match(/<CallVariable>/g)).toHaveLength(60)
    expect(offered.text).toContain(`59${'&amp;'.repeat(20)}`)
  })
}
