/** Workflows and their actions on the wire (`dialog 12`). */
import type {
  Workflow,
  WorkflowAction,
  WorkflowComparison,
  WorkflowVariable,
} from '../directory/configuration/workflow-model.ts'
import { leaf, list, parent } from './xml.ts'

const uriOf = ({ id }: WorkflowAction): string => `/finesse/api/WorkflowAction/${id}`

const variable = ({ name, node, type }: WorkflowVariable): string =>
  leaf('name', name) + leaf('node', node) + leaf('type', type)

function comparison(element: 'Trigger' | 'Condition', { variable: of, comparator, value }: WorkflowComparison): string {
  return parent(element, parent('Variable', variable(of)), leaf('comparator', comparator), leaf('value', value))
}

/**
 * A workflow with its actions. Desktops get whole actions, because they run them. The object itself has summaries: name,
 * type and URI.
 */
export function renderWorkflow(
  { id, name, description, media, triggerSet, conditionSet }: Workflow,
  actions: readonly WorkflowAction[],
  form: 'whole actions' | 'summaries',
): string {
  const action = form === 'summaries' ? summary : renderWorkflowAction
  return parent(
    'Workflow',
    leaf('uri', `/finesse/api/Workflow/${id}`),
    leaf('name', name),
    leaf('description', description),
    leaf('media', media),
    parent(
      'TriggerSet',
      leaf('type', triggerSet.type),
      leaf('name', triggerSet.name),
      leaf('allowOverlappingCallWorkflow', triggerSet.allowOverlappingCallWorkflow),
      list(
        'triggers',
        triggerSet.triggers.map((each) => comparison('Trigger', each)),
      ),
    ),
    parent(
      'ConditionSet',
      leaf('applyMethod', conditionSet.applyMethod),
      list(
        'conditions',
        conditionSet.conditions.map((each) => comparison('Condition', each)),
      ),
    ),
    list('workflowActions', actions.map(action)),
  )
}

function summary(action: WorkflowAction): string {
  return parent('WorkflowAction', leaf('name', action.name), leaf('type', action.type), leaf('uri', uriOf(action)))
}

export function renderWorkflowAction(action: WorkflowAction): string {
  const param = (each: WorkflowAction['params'][number]) =>
    parent('Param', leaf('name', each.name), leaf('value', each.value))
  const actionVariable = (each: WorkflowAction['variables'][number]) =>
    parent('ActionVariable', variable(each), leaf('testValue', each.testValue))
  return parent(
    'WorkflowAction',
    leaf('uri', uriOf(action)),
    leaf('name', action.name),
    leaf('type', action.type),
    leaf('handledBy', action.handledBy),
    list('params', action.params.map(param)),
    list('actionVariables', action.variables.map(actionVariable)),
  )
}

/** The workflows of a list, rendered. */
export function workflowList(rendered: readonly string[]): string {
  return list('Workflows', rendered)
}

export function renderWorkflowActions(actions: readonly WorkflowAction[]): string {
  return list('WorkflowActions', actions.map(renderWorkflowAction))
}
