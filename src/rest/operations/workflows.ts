/** Workflows with their actions (`user 4.12`, `dialog 12`). */
import { assigned, type Directory, type Workflow, type WorkflowAction } from '../../directory/index.ts'
import { renderWorkflow, renderWorkflowAction, renderWorkflowActions, workflowList } from '../../finesse/index.ts'
import { notFound } from '../authorisation.ts'
import { type Call, found, type Reply } from '../operation.ts'
import { type Scope, scopeOfAll, scopeOfCaller } from '../scope.ts'

function actionsOf({ workflowActions = [] }: Directory, { actions }: Workflow): readonly WorkflowAction[] {
  return actions.flatMap((id) => workflowActions.find((action) => action.id === id) ?? [])
}

/** For a user and for a team: with whole actions, because their desktops run them. Administrators get summaries. */
export function listWorkflows(workflows: readonly Workflow[], call: Call, { team }: Scope): Reply {
  const directory = call.engine.get.directory()
  const form = team === undefined ? 'summaries' : 'whole actions'
  return found(
    workflowList(workflows.map((workflow) => renderWorkflow(workflow, actionsOf(directory, workflow), form))),
  )
}

export function oneWorkflow(workflow: Workflow, call: Call): string {
  return renderWorkflow(workflow, actionsOf(call.engine.get.directory(), workflow), 'summaries')
}

/** All actions, for administrators. */
export function listActions(call: Call): Reply {
  scopeOfAll(call)
  return found(renderWorkflowActions(byId(call.engine.get.directory().workflowActions ?? [])))
}

/** One action: administrators read all, users those of their team's workflows. */
export function oneAction(call: Call): Reply {
  const directory = call.engine.get.directory()
  const { team } = scopeOfCaller(call)
  const { workflows = [], workflowActions = [] } = directory
  const known =
    team === undefined
      ? workflowActions
      : assigned(workflows, team).flatMap((workflow) => actionsOf(directory, workflow))
  const id = call.param('itemId')
  const action = known.find((each) => each.id === id)
  if (action === undefined) throw notFound(call, id)
  return found(renderWorkflowAction(action))
}

function byId(actions: readonly WorkflowAction[]): readonly WorkflowAction[] {
  return actions.toSorted((a, b) => Number(a.id) - Number(b.id))
}
