/** Workflows: what a desktop does when something happens to a call (`dialog 12`). Only desktops run them. */
import type { Assignable } from './model.ts'

/** A value that a desktop takes from a call. */
export interface WorkflowVariable {
  readonly name: string
  /** Where a `CUSTOM` variable stands in the Dialog, as XPath; empty for a `SYSTEM` variable. */
  readonly node: string
  readonly type: 'SYSTEM' | 'CUSTOM'
}

export interface WorkflowComparison {
  readonly variable: WorkflowVariable
  /** Such as `IS_EQUAL` or `IS_IN_LIST`. Desktops know its meaning. */
  readonly comparator: string
  readonly value: string
}

export interface Workflow extends Assignable {
  readonly name: string
  readonly description: string
  /** Id of the MRD whose dialogs it is for. */
  readonly media: string
  readonly triggerSet: {
    readonly type: 'SYSTEM' | 'CUSTOM'
    /** Such as `CALL_ARRIVES`. */
    readonly name: string
    readonly allowOverlappingCallWorkflow: boolean
    readonly triggers: readonly WorkflowComparison[]
  }
  readonly conditionSet: {
    readonly applyMethod: 'ALL' | 'ANY'
    readonly conditions: readonly WorkflowComparison[]
  }
  /** Ids of workflow actions, in the order in which they run. */
  readonly actions: readonly string[]
}

export interface WorkflowAction {
  readonly id: string
  readonly name: string
  readonly type: 'BROWSER_POP' | 'HTTP_REQUEST'
  readonly handledBy: 'FINESSE_DESKTOP' | 'OTHER'
  readonly params: readonly { readonly name: string; readonly value: string }[]
  readonly variables: readonly (WorkflowVariable & { readonly testValue: string })[]
}
