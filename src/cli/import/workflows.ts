/** Reads workflows and their actions. */
import { readOfTeams, teamsWith } from './configuration.ts'
import { at, type Content, childrenOf, idOf, textAt } from './elements.ts'
import type { ImportedTeam, Section } from './model.ts'
import type { Source } from './source.ts'

export interface Workflows {
  readonly workflowActions: Section
  readonly workflows: Section
}

/** The texts that are there, by their keys. */
function texts(content: Content, ...names: readonly string[]): Readonly<Record<string, string>> {
  const found = names.map((name) => [name, textAt(content, name)] as const)
  return Object.fromEntries(found.filter(([, text]) => text !== ''))
}

const comparisonOf = (comparison: Content) => ({
  variable: texts(at(comparison, 'Variable'), 'name', 'node', 'type'),
  ...texts(comparison, 'comparator', 'value'),
})

const triggerSetOf = (set: Content) => ({
  ...texts(set, 'type', 'name'),
  allowOverlappingCallWorkflow: textAt(set, 'allowOverlappingCallWorkflow') === 'true',
  triggers: childrenOf(at(set, 'triggers'), 'Trigger').map(comparisonOf),
})

const conditionSetOf = (set: Content) => ({
  ...texts(set, 'applyMethod'),
  conditions: childrenOf(at(set, 'conditions'), 'Condition').map(comparisonOf),
})

const actionsOf = (workflow: Content): readonly Content[] =>
  childrenOf(at(workflow, 'workflowActions'), 'WorkflowAction')

const actionOf = (action: Content) => ({
  id: idOf(action),
  ...texts(action, 'name', 'type', 'handledBy'),
  params: childrenOf(at(action, 'params'), 'Param').map((param) => texts(param, 'name', 'value')),
  variables: childrenOf(at(action, 'actionVariables'), 'ActionVariable').map((variable) =>
    texts(variable, 'name', 'node', 'type', 'testValue'),
  ),
})

export async function readWorkflows(source: Source, teams: readonly ImportedTeam[]): Promise<Workflows> {
  const workflows = childrenOf(await source.get('Workflows', 'Workflows'), 'Workflow')
  const ofTeams = workflows.length === 0 ? new Map() : await readOfTeams(source, teams, 'Workflows', 'Workflow')
  const actions = childrenOf(await source.get('WorkflowActions', 'WorkflowActions'), 'WorkflowAction')
  return {
    workflowActions: actions.map(actionOf),
    workflows: workflows.map((workflow) => ({
      id: idOf(workflow),
      ...texts(workflow, 'name', 'description', 'media'),
      ...teamsWith(idOf(workflow), ofTeams),
      triggerSet: triggerSetOf(at(workflow, 'TriggerSet')),
      conditionSet: conditionSetOf(at(workflow, 'ConditionSet')),
      actions: actionsOf(workflow).map(idOf),
    })),
  }
}
