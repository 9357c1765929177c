/** Schemas of the requests about campaigns. */
import { z } from 'zod'
import { CAMPAIGN_MODES } from '../../machines/index.ts'
import { address, wholeNumber } from './requests.ts'
import { callVariables } from './variables.ts'

/** Longest text of a contact, in bytes. XML cannot carry control characters. */
const TEXT_MAX = 80
const text = (what: string) =>
  z
    .string(`${what} is a string`)
    .max(TEXT_MAX, `${what} is too long`)
    .regex(/^[\x20-\x7e\xa0-\xff]*$/, 'only printable Latin-1 characters are allowed')

/** Most contacts, and most numbers, in one request. */
const CONTACTS_MAX = 1000

const contact = z.strictObject({
  number: address('a number'),
  accountNumber: text('an account number').optional(),
  listId: text('the id of a list').optional(),
  timeZone: text('a time zone').optional(),
  buddyName: text('a name').optional(),
  variables: callVariables.optional(),
})

const contacts = z
  .array(contact, 'a list of contacts is expected')
  .max(CONTACTS_MAX, `at most ${CONTACTS_MAX} are possible at once`)

const seconds = (least: number, most: number) => wholeNumber('a number of seconds', least, most)

/** Body of `POST /campaigns`. */
export const newCampaign = z.strictObject({
  id: z
    .string('an id is a string')
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/, 'an id has 1 to 32 letters, digits or hyphens'),
  name: text('a name').min(1, 'a name must not be empty').optional(),
  mode: z.enum(CAMPAIGN_MODES, `one of ${CAMPAIGN_MODES.join(', ')} is expected`),
  queue: address('a queue'),
  dialler: address('a number').optional(),
  linesPerAgent: wholeNumber('a number', 1, 10).optional(),
  previewSeconds: seconds(1, 3600).optional(),
  noAnswerSeconds: seconds(1, 180).optional(),
  retrySeconds: seconds(1, 604_800).optional(),
  attemptsMax: wholeNumber('a number', 1, 100).optional(),
  contacts: contacts.optional(),
  running: z.boolean('true or false is expected').optional(),
})

/** Body of `POST /campaigns/{id}`. */
export const campaignAction = z.discriminatedUnion(
  'action',
  [
    z.strictObject({ action: z.literal('START') }),
    z.strictObject({ action: z.literal('STOP') }),
    z.strictObject({ action: z.literal('ADD'), contacts }),
    z.strictObject({
      action: z.literal('WITHDRAW'),
      numbers: z
        .array(address('a number'), 'a list of numbers is expected')
        .max(CONTACTS_MAX, `at most ${CONTACTS_MAX} are possible at once`),
    }),
  ],
  'START, STOP, ADD or WITHDRAW is expected',
)
