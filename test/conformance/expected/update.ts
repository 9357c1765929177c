import { group, leaf, type Tree } from '../tree.ts'

export interface UpdateFacts {
  readonly data: Tree
  readonly event: string
  readonly requestId: string
  readonly source: string
}

/** The content of a notification (`notifications 7.1`; ruling 25). */
export function expectedUpdate({ data, event, requestId, source }: UpdateFacts): Tree {
  return group(
    'Update',
    group('data', data),
    leaf('event', event),
    leaf('requestId', requestId),
    leaf('source', source),
  )
}

/** The content of an error notification of a user. The order of its elements is different. */
export function expectedUserFailure({ data, requestId, source }: Omit<UpdateFacts, 'event'>): Tree {
  return group(
    'Update',
    group('data', data),
    leaf('requestId', requestId),
    leaf('source', source),
    leaf('event', 'put'),
  )
}
