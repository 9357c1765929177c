/** The check of determinism: a script is played twice and must give the same journal and transcript. */

import { type Outcome, play } from './play.ts'
import type { Script } from './script.ts'
import type { Sabotage } from './simulation.ts'

export async function twice(script: Script, sabotage: Sabotage = {}): Promise<Outcome> {
  const first = await play(script, sabotage)
  if (first.findings.length > 0) return first
  const second = await play(script, sabotage)
  if (first.journalHash === second.journalHash && first.transcriptHash === second.transcriptHash) return first
  const what = first.journalHash === second.journalHash ? 'the transcript' : 'the journal'
  const at = first.transcript.findIndex((line, index) => line !== second.transcript[index])
  const line = `${first.transcript[at]} is ${second.transcript[at]}`.slice(0, 500)
  const finding = { invariant: 'same-twice', what: `${what} differs: ${line}`, at: first.simulated } as const
  return { ...first, findings: [finding] }
}
