/** Checks workflows and their actions (`dialog 12`). */
import { checkEachOnce, quote, type Report } from '../findings.ts'
import { VOICE_MRD } from '../model.ts'
import type { DirectoryFile } from '../schema.ts'
import { checkIds, checkLimits, checkNames, checkTeamsOf } from './section-checks.ts'

/** Finesse knows workflows of teams only. Here one without teams belongs to each team, so both limits are the same. */
const MAX_WORKFLOWS = { global: 20, teams: 100, ofTeam: 20 }

export function checkWorkflows(file: DirectoryFile, report: Report): void {
  const { workflowActions, workflows } = file
  for (const [section, entries] of [
    ['workflowActions', workflowActions],
    ['workflows', workflows],
  ] as const) {
    checkIds(entries, section, report)
    checkNames(entries, section, report)
  }
  checkTeamsOf(workflows, 'workflows', file, report)
  checkLimits(workflows, 'workflows', MAX_WORKFLOWS, report)
  const actions = new Set(workflowActions.map(({ id }) => id))
  const media = new Set([VOICE_MRD, ...file.mediaRoutingDomains.map(({ id }) => id)])
  workflows.forEach((workflow, index) => {
    const path = ['workflows', index]
    if (!media.has(workflow.media)) report([...path, 'media'], `MRD ${quote(workflow.media)} does not exist`)
    checkEachOnce(workflow.actions, [...path, 'actions'], report)
    workflow.actions.forEach((action, at) => {
      if (!actions.has(action)) report([...path, 'actions', at], `workflow action ${quote(action)} does not exist`)
    })
  })
}
