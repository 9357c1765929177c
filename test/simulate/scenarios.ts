/** Scenarios as text in tests. */
import { parseScenario, type Scenario, ScenarioError } from '../../src/simulate/index.ts'

export const scenario = (text: string): Promise<Scenario> => parseScenario(text, 'test.yaml')

/** Line and message of each problem. */
export async function problemsOf(text: string): Promise<readonly string[]> {
  try {
    await scenario(text)
  } catch (error) {
    if (error instanceof ScenarioError)
      return error.problems.map(({ line, path, message }) => `${line} ${path}: ${message}`)
    throw error
  }
  return []
}

/** Twenty agents with random chats, e-mails and calls, connection losses, breaks and a fault: a bit of everything. */
export const BUSY = `
version: 1
title: Busy
duration: 40m
directory: { generate: { agents: 20, teams: 2 } }
handling:
  voice: { talk: { exponential: 2m, max: 10m }, wrapUp: 20s }
  "5001": { start: 1s, active: { lognormal: { mean: 4m, sd: 2m } }, wrapUp: { uniform: [0s, 30s] } }
  "5002": { active: { exponential: 3m } }
agents:
  - name: voice
    count: 6
    voice: true
    media: { "5001": { maxDialogLimit: 2, dialogLogoutAction: TRANSFER } }
    answer: { probability: 0.8, delay: { uniform: [1s, 10s] } }
    breaks: [{ at: 10m, spread: 10m, for: 5m, reason: "17" }]
    signOut: 35m
  - name: chat
    teams: ["1"]
    media: { "5001": {}, "5002": { maxDialogLimit: 2 } }
    accept: { probability: 0.8, delay: { uniform: [1s, 10s] } }
    transfers: [{ mrd: "5002", probability: 0.3, target: email_support }]
    connectionLosses: [{ at: 5m, spread: 20m, for: { uniform: [10s, 3m] }, share: 0.7 }]
  - name: mixed
    media: { "5001": { interruptAction: IGNORE }, "5002": {} }
    stagger: 30s
    signOut: 30m
    finishFirst: false
arrivals:
  - { group: voice, perHour: 90, patience: { exponential: 1m } }
  - { selector: chat_sales, perHour: 120, patience: { exponential: 2m } }
  - { selector: email_support, byHour: { "08": 100 } }
faults:
  - { type: resubmission, mode: refuse, from: 20m, to: 25m }
`
