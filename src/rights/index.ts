/** Who may do what. */
export {
  type Caller,
  callerOf,
  type Message,
  type Person,
  relationsToDialog,
  relationsToMessage,
  relationsToTeam,
  relationToUser,
} from './caller.ts'
export { cellOf, RELATIONS, type Relation, type Right, ROLES, type Role, verdictOf } from './right.ts'
export {
  NODE_RIGHTS,
  type NodeKind,
  type NodeRight,
  type NodeVerdict,
  REST_RIGHTS,
  type RestRight,
  type RestVerdict,
  restRight,
} from './table.ts'
