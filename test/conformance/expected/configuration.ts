/** Objects that a desktop reads at its sign-in, in the forms of `user 4.10`-4.12, 6.1 and `dialog 8`-12. */
import { group, leaf, type Tree } from '../tree.ts'

export interface ReasonCodeFacts {
  readonly id: string
  readonly category: string
  readonly code: number
  readonly label: string
  readonly forAll: boolean
  readonly systemCode: boolean
}

/** In a list and alone; `user 4.10` gives the recorded order. */
export const expectedReasonCode = ({ id, category, code, label, forAll, systemCode }: ReasonCodeFacts): Tree =>
  group(
    'ReasonCode',
    leaf('uri', `/finesse/api/ReasonCode/${id}`),
    leaf('id', id),
    leaf('category', category),
    leaf('code', code),
    leaf('label', label),
    leaf('forAll', forAll),
    leaf('systemCode', systemCode),
  )

export interface WrapUpReasonFacts {
  readonly id: string
  readonly label: string
  readonly forAll: boolean
}

/** `owner`: the part of the URI before the object. */
export const expectedWrapUpReason = ({ id, label, forAll }: WrapUpReasonFacts, owner = ''): Tree =>
  group(
    'WrapUpReason',
    leaf('uri', `/finesse/api${owner}/WrapUpReason/${id}`),
    leaf('label', label),
    leaf('forAll', forAll),
  )

export interface LayoutFacts {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly type: string
  /** Name and property. */
  readonly header: readonly [string, string]
  readonly columns: readonly (readonly (readonly [string, string])[])[]
}

const expectedEntry = ([displayName, mediaProperty]: readonly [string, string]): Tree =>
  group('entry', leaf('displayName', displayName), leaf('mediaProperty', mediaProperty))

export const expectedLayout = ({ id, name, description, type, header, columns }: LayoutFacts): Tree =>
  group(
    'MediaPropertiesLayout',
    leaf('uri', `/finesse/api/MediaPropertiesLayout/${id}`),
    leaf('name', name),
    leaf('description', description),
    leaf('type', type),
    group('header', expectedEntry(header)),
    ...columns.map((entries) => group('column', ...entries.map(expectedEntry))),
  )

export interface ContactFacts {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  readonly phoneNumber: string
  readonly description: string
}

export interface PhoneBookFacts {
  readonly id: string
  readonly name: string
  readonly type: 'GLOBAL' | 'TEAM'
}

export const expectedContact = (
  book: string,
  { id, firstName, lastName, phoneNumber, description }: ContactFacts,
): Tree =>
  group(
    'Contact',
    leaf('firstName', firstName),
    leaf('lastName', lastName),
    leaf('phoneNumber', phoneNumber),
    leaf('description', description),
    leaf('uri', `/finesse/api/PhoneBook/${book}/Contact/${id}`),
  )

/** A book in a list, with contacts; alone, with their URI. */
export const expectedPhoneBook = ({ id, name, type }: PhoneBookFacts, contacts?: readonly ContactFacts[]): Tree =>
  group(
    'PhoneBook',
    leaf('uri', `/finesse/api/PhoneBook/${id}`),
    leaf('name', name),
    leaf('type', type),
    contacts
      ? group('contacts', ...contacts.map((contact) => expectedContact(id, contact)))
      : leaf('contacts', `/finesse/api/PhoneBook/${id}/Contacts`),
  )

/** Name, node, type. */
type VariableFacts = readonly [string, string, string]

export interface ComparisonFacts {
  readonly variable: VariableFacts
  readonly comparator: string
  readonly value: string
}

const expectedVariable = ([name, node, type]: VariableFacts): readonly Tree[] => [
  leaf('name', name),
  leaf('node', node),
  leaf('type', type),
]

const expectedComparison = (element: string, { variable, comparator, value }: ComparisonFacts): Tree =>
  group(element, group('Variable', ...expectedVariable(variable)), leaf('comparator', comparator), leaf('value', value))

export interface WorkflowFacts {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly media: string
  readonly trigger: { readonly type: string; readonly name: string; readonly overlaps: boolean }
  readonly triggers: readonly ComparisonFacts[]
  readonly applyMethod: string
  readonly conditions: readonly ComparisonFacts[]
}

/** `actions`: the actions in the form that is expected. */
export const expectedWorkflow = (facts: WorkflowFacts, actions: readonly Tree[]): Tree =>
  group(
    'Workflow',
    leaf('uri', `/finesse/api/Workflow/${facts.id}`),
    leaf('name', facts.name),
    leaf('description', facts.description),
    leaf('media', facts.media),
    group(
      'TriggerSet',
      leaf('type', facts.trigger.type),
      leaf('name', facts.trigger.name),
      leaf('allowOverlappingCallWorkflow', facts.trigger.overlaps),
      group('triggers', ...facts.triggers.map((each) => expectedComparison('Trigger', each))),
    ),
    group(
      'ConditionSet',
      leaf('applyMethod', facts.applyMethod),
      group('conditions', ...facts.conditions.map((each) => expectedComparison('Condition', each))),
    ),
    group('workflowActions', ...actions),
  )

export interface WorkflowActionFacts {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly handledBy: string
  readonly params: readonly (readonly [string, string])[]
  readonly variables: readonly { readonly variable: VariableFacts; readonly testValue: string }[]
}

export const expectedWorkflowAction = (facts: WorkflowActionFacts): Tree =>
  group(
    'WorkflowAction',
    leaf('uri', `/finesse/api/WorkflowAction/${facts.id}`),
    leaf('name', facts.name),
    leaf('type', facts.type),
    leaf('handledBy', facts.handledBy),
    group('params', ...facts.params.map(([name, value]) => group('Param', leaf('name', name), leaf('value', value)))),
    group(
      'actionVariables',
      ...facts.variables.map(({ variable, testValue }) =>
        group('ActionVariable', ...expectedVariable(variable), leaf('testValue', testValue)),
      ),
    ),
  )

export const expectedActionSummary = ({ id, name, type }: WorkflowActionFacts): Tree =>
  group('WorkflowAction', leaf('name', name), leaf('type', type), leaf('uri', `/finesse/api/WorkflowAction/${id}`))
