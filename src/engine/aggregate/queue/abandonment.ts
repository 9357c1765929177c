import type { Output } from '../../output.ts'
import type { QueueState } from './state.ts'

/** The customer gives up. A queued task ends at once. For an offered task the agent's aggregate decides (D4). */
export function abandon({ tasks }: QueueState, id: string): readonly Output[] {
  const task = tasks.openOne(id)
  if (task?.state === 'reserved')
    return [{ type: 'send', to: `user/${task.offeredTo}`, body: { type: 'customerCancels', task: id } }]
  tasks.end(id, 'abandoned')
  return []
}
