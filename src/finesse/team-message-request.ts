/** Reads the body of a request that sends a team message (`dialog 9`). */
import { MESSAGE_LIMITS } from '../engine/team-messages/api.ts'
import { accept, type Read, readChild, readRoot, readText, refuse } from './request.ts'

export interface TeamMessageRequest {
  readonly durationSeconds: number
  readonly content: string
  /** Each team once. */
  readonly teams: readonly string[]
}

// A directory has fewer teams than this.
const MAX_TEAMS = 1000

/** Reads the body of `POST /TeamMessage`. `undefined` stands for a request without a body. */
export function readTeamMessageRequest(body: string | undefined): Read<TeamMessageRequest> {
  const root = readRoot(body, 'TeamMessage')
  if (!root.ok) return root
  const duration = readText(root.value, 'duration')
  if (!duration.ok) return duration
  if (duration.value === '') return refuse('PARAMETER_MISSING', 'duration')
  if (!/^\d{1,6}$/.test(duration.value)) return refuse('INVALID_INPUT', 'duration')
  const durationSeconds = Number(duration.value)
  if (durationSeconds < 1 || durationSeconds > MESSAGE_LIMITS.durationSeconds)
    return refuse('INVALID_INPUT', 'duration')
  const content = readChild(root.value, 'content')
  if (!content.ok) return content
  if (content.value === undefined || (content.value.text === '' && content.value.children.length === 0))
    return refuse('PARAMETER_MISSING', 'content')
  if (content.value.children.length > 0) return refuse('BAD_REQUEST', 'content')
  const { text } = content.value
  if ([...text].length > MESSAGE_LIMITS.characters) return refuse('INVALID_INPUT', 'content')
  const teams = readTeams(readChild(root.value, 'teams'))
  return teams.ok ? accept({ durationSeconds, content: text, teams: teams.value }) : teams
}

function readTeams(list: ReturnType<typeof readChild>): Read<readonly string[]> {
  if (!list.ok) return list
  const named = (list.value?.children ?? []).filter(({ name }) => name === 'team')
  if (named.some(({ children, text }) => children.length > 0 || text.length > 256)) return refuse('BAD_REQUEST', 'team')
  const teams = new Set(named.map(({ text }) => text).filter((text) => text !== ''))
  if (teams.size === 0) return refuse('PARAMETER_MISSING', 'teams')
  return teams.size > MAX_TEAMS ? refuse('INVALID_INPUT', 'teams') : accept([...teams])
}
