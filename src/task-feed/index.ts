/** Entry of tasks by XML, as the Customer Collaboration Platform's feed takes them. */
export { DEFAULT_PREFIX, type TaskFeedOptions, taskFeed } from './plugin.ts'
