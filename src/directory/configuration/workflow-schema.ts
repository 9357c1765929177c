/** Shape of workflows and their actions. Limits: `dialog 12`. */
import { z } from 'zod'
import { filled, id, numericId, teams, text } from '../schema-parts.ts'

/** Longest value of a comparison or parameter. Finesse prints lists of call types of 300 characters. */
const MAX_VALUE = 2000

const variable = {
  name: filled(32),
  node: text(500).default(''),
  type: z.enum(['SYSTEM', 'CUSTOM']).default('SYSTEM'),
}

const comparison = z.strictObject({
  variable: z.strictObject(variable),
  comparator: z.string().regex(/^[A-Z_]{1,32}$/, 'must be 1 to 32 capital letters or "_"'),
  value: text(MAX_VALUE).default(''),
})

export const workflow = z.strictObject({
  id: numericId,
  name: filled(40),
  description: text(128).default(''),
  media: id.default('1'),
  teams,
  triggerSet: z.strictObject({
    type: z.enum(['SYSTEM', 'CUSTOM']).default('SYSTEM'),
    name: filled(64),
    allowOverlappingCallWorkflow: z.boolean().default(false),
    triggers: z.array(comparison).max(20).default([]),
  }),
  conditionSet: z
    .strictObject({
      applyMethod: z.enum(['ALL', 'ANY']).default('ALL'),
      conditions: z.array(comparison).max(5).default([]),
    })
    .prefault({}),
  actions: z.array(numericId).max(5).default([]),
})

export const workflowAction = z.strictObject({
  id: numericId,
  name: filled(64),
  type: z.enum(['BROWSER_POP', 'HTTP_REQUEST']),
  handledBy: z.enum(['FINESSE_DESKTOP', 'OTHER']).default('FINESSE_DESKTOP'),
  params: z
    .array(z.strictObject({ name: filled(64), value: text(MAX_VALUE).default('') }))
    .max(20)
    .default([]),
  variables: z
    .array(z.strictObject({ ...variable, testValue: text(128).default('') }))
    .max(5)
    .default([]),
})
