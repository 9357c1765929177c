/** When a guard of an embedder decided, an explanation names it instead of the reason of the charts. */
import { expect, it } from 'vitest'
import type { RuleSet } from '../../../src/index.ts'
import { CHAT, Day, EMAIL } from './stage.ts'

const EMAIL_NAME = 'Email (5001)'

const begin = (guards: RuleSet['guards']) => Day.begin({ rules: { name: 'acme-2', guards } })

/** The agent works on an e-mail and a chat. Returns the chat. */
async function atWork(day: Day, interruptAction: 'ACCEPT' | 'IGNORE'): Promise<string> {
  await day.ready(EMAIL, { interruptAction })
  await day.start(EMAIL)
  await day.ready(CHAT)
  return day.start(CHAT)
}

/** State and reasons of the e-mail, in one text. */
async function emailOf(day: Day): Promise<string> {
  const { state, reasons } = (await day.why()).states.find(({ name }) => name === EMAIL_NAME) ?? {}
  return [state, ...(reasons ?? []).map(({ rule, text }) => (rule === '' ? text : `${text} (${rule})`))].join('\n')
}

it('names the guard for an interrupt that the rules accepted', async () => {
  const day = await begin({ media: { acceptsInterrupt: () => true } })
  const chat = await atWork(day, 'IGNORE')
  expect(await emailOf(day)).toBe(
    [
      'INTERRUPTED',
      `acceptsInterrupt of the rules "acme-2" decided it: Chat (5002) dialog ${chat} was started and is not closed`,
      `it ends when dialog ${chat} is closed (I7)`,
      'it gets no tasks meanwhile (media 4.5)',
    ].join('\n'),
  )
})

it.each(['ACCEPT', 'IGNORE'] as const)(
  'names the guard for an interrupt that the rules refused, with %s',
  async (action) => {
    const day = await begin({ media: { acceptsInterrupt: () => false } })
    const chat = await atWork(day, action)
    const email = await emailOf(day)
    expect(email).toContain(
      `it is not interrupted although Chat (5002) dialog ${chat} was started and is not closed: acceptsInterrupt of the rules "acme-2" decided it, unless`,
    )
    expect(email).not.toContain('interruptAction')
  },
)

it('keeps the reasons of the charts when the rules replace other guards', async () => {
  const day = await begin({ user: { isVoice: (args, original) => original(args) } })
  await atWork(day, 'ACCEPT')
  expect(await emailOf(day)).toContain('whose agent accepts interrupts')
  expect(await day.text()).not.toContain('acme-2')
})

it('has no empty list for an interrupt that the rules keep after its work has ended', async () => {
  const day = await begin({ user: { isLastWork: () => false } })
  const chat = await atWork(day, 'ACCEPT')
  await day.act(chat, 'CLOSE')
  expect(await emailOf(day)).toMatch(/^INTERRUPTED\n/)
  expect(await emailOf(day)).toContain('the work that interrupted it is over (I7)')
  expect(await emailOf(day)).not.toMatch(/: \(|: $|when {2}are/m)
})

it('names the guard for an agent whose offers the rules decide', async () => {
  const day = await begin({ media: { mayTakeTask: () => false } })
  await day.ready(EMAIL)
  expect(await emailOf(day)).toContain('mayTakeTask of the rules "acme-2" decides about each task that is offered')
})
