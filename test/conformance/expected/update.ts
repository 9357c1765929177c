import { group, leaf, type Tree } from '../tree.ts'

export interface UpdateFacts {
  readonly data: Tree
  readonly event: string
  readonly requestId: string
  readonly source: string
}

/** What a notification carries (`notifications 7.1`; ruling 25). */
export function expectedUpdate({ data, event, requestId, source }: UpdateFacts): Tree {
  return group(
    'Update',
    group('data', data),
    leaf('event', event),
    leaf('requestId', requestId),
    leaf('source', source),
  )
}

/** An error of a user, which has an order of its own. */
export function expectedUserFailure({ data, requestId, source }: Omit<UpdateFacts, 'event'>): Tree {
  return group(
    'Update',
    group('data', data),
    leaf('requestId', requestId),
    leaf('source', source),
    leaf('event', 'put'),
  )
}
