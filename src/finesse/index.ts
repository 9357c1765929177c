/** The wire format of Finesse: renders objects and errors as XML, and reads request bodies. */

export { MAX_LOG, MAX_LOG_DOCUMENT, readClientLog } from './client-log-request.ts'
export { costlyCharacters } from './costly.ts'
export { renderDialog, renderDialogs } from './dialog.ts'
export {
  type CallRequest,
  type NewCallRequest,
  readCallRequest,
  readNewCallRequest,
  readTaskRequest,
  type TaskRequest,
} from './dialog-request.ts'
export { renderFailure, renderRestError } from './error-xml.ts'
export {
  FAILURES,
  type FailureForm,
  failureFamily,
  failureForm,
  REST_ERRORS,
  type RefusalKey,
  type Refused,
  type RestErrorForm,
} from './errors.ts'
export { renderEccVariables, renderLayout, renderLayouts } from './layout.ts'
export { renderMedia, renderMediaList } from './media.ts'
export { renderMediaDomain, renderMediaDomains } from './media-domain.ts'
export { type MediaRequest, readMediaRequest } from './media-request.ts'
export { MAX_DOCUMENT, parseRequest, type XmlElement } from './parse.ts'
export { contactList, phoneBookList, phoneBookWith, renderContact, renderPhoneBook } from './phone-book.ts'
export { renderQueue, renderQueues } from './queue.ts'
export { renderReasonCode, renderReasonCodes } from './reason-code.ts'
export type { Read } from './request.ts'
export { renderSystemInfo, type WireContext } from './system-info.ts'
export { type FeedRequest, type FeedStatus, readFeedRequest, renderFeedStatus } from './task-feed.ts'
export { renderTeamMessage, renderTeamMessages } from './team-message.ts'
export { readTeamMessageRequest, type TeamMessageRequest } from './team-message-request.ts'
export { renderUpdate } from './update.ts'
export {
  renderTeam,
  renderTeams,
  renderUser,
  renderUserAuthMode,
  renderUserSummary,
  renderUsers,
  userList,
} from './user.ts'
export { readUserRequest, type UserRequest } from './user-request.ts'
export { renderWorkflow, renderWorkflowAction, renderWorkflowActions, workflowList } from './workflow.ts'
export { renderWrapUpReason, renderWrapUpReasons } from './wrap-up-reason.ts'
export { isXmlType, type ReceivedBody, readXmlBody } from './xml-body.ts'
