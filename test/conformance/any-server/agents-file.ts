/** The file that says who plays the agents of the rows, and how the server's media and reason codes are called. */
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'

const text = z.union([z.string(), z.number()]).transform(String)

const agent = z.strictObject({
  user: text,
  password: text,
  extension: text,
  role: z.enum(['Agent', 'Supervisor']).default('Agent'),
  /** The agent of the rows, if not the next one. */
  plays: text.optional(),
})

const administrator = z.strictObject({ user: text, password: text })

const medium = z.strictObject({ id: text, selectors: z.array(text).min(1) })

const file = z.strictObject({
  agents: z.array(agent).min(1),
  /** Plays `admin`, whom only what administrators read needs. */
  administrator: administrator.optional(),
  media: z.strictObject({ email: medium, chat: medium, social: medium }),
  /** Ids of reason codes for all teams: two of NOT_READY, one of LOGOUT. */
  reasons: z.strictObject({ notReady: z.tuple([text, text]), logout: text }).optional(),
})

export type AgentsFile = z.output<typeof file>

/** What the rows call them: the ids and selectors of the sample directory. */
export const ROWS_MEDIA = {
  email: { id: '5001', selectors: ['email_support', 'email_billing'] },
  chat: { id: '5002', selectors: ['chat_sales', 'chat_support'] },
  social: { id: '5003', selectors: ['social_support'] },
} as const

/** The reason codes of the rows, by their ids. */
export const ROWS_REASONS = {
  '16': { code: '10', label: 'Team Meeting' },
  '17': { code: '20', label: 'Lunch' },
  '18': { code: '30', label: 'End of Shift' },
} as const

/** The agents of the rows, in the order in which the agents of a file play them. */
const PARTS = ['1001', '1002', '1003', '1004', '1005'] as const
const SUPERVISOR = '1234'
export const ADMINISTRATOR = 'admin'

export interface Player {
  /** The agent of the rows. */
  readonly part: string
  readonly user: string
  readonly password: string
  readonly extension: string
}

/** Who plays whom. Throws if two play the same. */
export function playersOf({ agents }: AgentsFile): readonly Player[] {
  const free = PARTS.filter((part) => !agents.some(({ plays }) => plays === part))
  const players = agents.map(({ plays, role, user, password, extension }) => {
    const part = plays ?? (role === 'Supervisor' ? SUPERVISOR : free.shift())
    return part === undefined ? [] : [{ part, user, password, extension }]
  })
  const all = players.flat()
  const twice = all.find(({ part }, index) => all.findIndex((other) => other.part === part) !== index)
  if (twice) throw new Error(`two agents play ${twice.part}`)
  if (!all.some(({ part }) => part === PARTS[0])) throw new Error(`nobody plays ${PARTS[0]}`)
  return all
}

/** Reads the file, YAML or JSON. Throws an error that names the place. */
export async function readAgents(path: string): Promise<AgentsFile> {
  const read = file.safeParse(parse(await readFile(path, 'utf8')))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new Error(`${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not valid'}`)
}
