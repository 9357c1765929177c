/** Shape of the sections that desktops read. Rules between entries are in `checks.ts`. */
import { z } from 'zod'
import { filled, numericId, teams, text } from '../schema-parts.ts'
import { workflow, workflowAction } from './workflow-schema.ts'

/** Longest label of a wrap-up reason, in bytes (`user 6.1`). */
const WRAP_UP_LABEL = 39

const wrapUpReason = z.strictObject({
  id: numericId,
  label: filled(WRAP_UP_LABEL).refine(
    (label) => Buffer.byteLength(label) <= WRAP_UP_LABEL,
    `must have at most ${WRAP_UP_LABEL} bytes in UTF-8`,
  ),
  teams,
})

/** Properties of a call that are neither call variables nor ECC variables (`dialog 12`). */
const PROPERTIES: ReadonlySet<string> = new Set([
  'BACampaign',
  'BAAccountNumber',
  'BAResponse',
  'BAStatus',
  'BADialedListID',
  'BATimeZone',
  'BABuddyName',
  'BACustomerNumber',
  'callKeyCallId',
  'callKeyPrefix',
  'callKeySequenceNum',
  'queueName',
  'queueNumber',
  'wrapUpReason',
])

const isMediaProperty = (name: string): boolean =>
  /^callVariable(?:[1-9]|10)$/.test(name) || PROPERTIES.has(name) || /^user\.[\w.]{1,64}(?:\[\d{1,3}\])?$/.test(name)

const layoutEntry = z.strictObject({
  displayName: text(50).default(''),
  mediaProperty: z
    .string()
    .refine(
      isMediaProperty,
      'must be a property of calls: callVariable1 to callVariable10, user.…, BACampaign, queueName, …',
    ),
})

/** Limits of names and columns: `dialog 12`. */
const mediaPropertiesLayout = z.strictObject({
  id: numericId,
  name: filled(40),
  description: text(128).default(''),
  type: z.enum(['DEFAULT', 'CUSTOM']).default('CUSTOM'),
  header: layoutEntry,
  columns: z.array(z.array(layoutEntry).max(10)).max(2).default([]),
})

const contact = z.strictObject({
  firstName: text(128).default(''),
  lastName: text(128).default(''),
  phoneNumber: filled(32),
  description: text(128).default(''),
})

/** Limits: `user 4.12`. */
const phoneBook = z.strictObject({
  id: numericId,
  name: filled(64),
  teams,
  contacts: z
    .array(contact)
    .max(6000)
    .default([])
    // The file gives no ids: a contact is known by its place.
    .transform((contacts) => contacts.map((each, index) => ({ id: String(index + 1), ...each }))),
})

/** The sections, as parts of the schema of the file. Every section may be left out. */
export const configurationSections = {
  wrapUpReasons: z.array(wrapUpReason).max(1600).default([]),
  mediaPropertiesLayouts: z.array(mediaPropertiesLayout).max(200).default([]),
  phoneBooks: z.array(phoneBook).max(310).default([]),
  workflowActions: z.array(workflowAction).max(100).default([]),
  workflows: z.array(workflow).max(100).default([]),
}
