/** All row tests, by the part of the contract that they hold. */
import { aRows } from './a.rows.ts'
import { ccxRows } from './ccx.rows.ts'
import { ccxCallRows } from './ccx-calls.rows.ts'
import { dRows } from './d.rows.ts'
import { iRows } from './i.rows.ts'
import { inboundRows } from './inbound.rows.ts'
import { mobileRows } from './mobile.rows.ts'
import { pRows } from './p.rows.ts'
import { rRows } from './r.rows.ts'
import { ruleRows } from './rules.rows.ts'
import { sRows } from './s.rows.ts'
import { sideRows } from './sides.rows.ts'
import { uRows } from './u.rows.ts'
import { vRows } from './v.rows.ts'
import { campaignRows } from './v-campaigns.rows.ts'
import { vJoinRows } from './v-joins.rows.ts'
import { monitorRows } from './v-monitor.rows.ts'
import { outgoingRows } from './v-outgoing.rows.ts'
import { queueRows } from './v-queues.rows.ts'
import { singleStepRows } from './v-single-step.rows.ts'
import { wrapUpRows } from './wrap-up.rows.ts'

export const SECTIONS: readonly (readonly [title: string, define: () => void])[] = [
  ['12.1 agent state', aRows],
  ['12.2 dialog', dRows],
  ['12.3 interrupts', iRows],
  ['12.4 Start Timeout', rRows],
  ['12.5 sign-out', sRows],
  ['12.6 presence loss and failures', pRows],
  ['12.6, 13 two sides', sideRows],
  ['4 and 6: rules and errors', ruleRows],
  ['inbound calls (dialog 6)', inboundRows],
  ['calls (dialog 6)', vRows],
  ['calls that agents make (dialog 6.2)', outgoingRows],
  ['calls that agents make to queues (dialog 6.2, 6.4)', queueRows],
  ['calls that are joined (dialog 6.4 to 6.7)', vJoinRows],
  ['transfers to a number (dialog 6.6)', singleStepRows],
  ['supervisors who listen and barge in (dialog 6.8)', monitorRows],
  ['CCX (user 5.4, dialog)', ccxRows],
  ['calls on CCX (dialog)', ccxCallRows],
  ['mobile agents (user 7)', mobileRows],
  ['campaigns (dialog 5, 6.10)', campaignRows],
  ['the user around calls (user 5)', uRows],
  ['wrap-up (user 5.6)', wrapUpRows],
]
