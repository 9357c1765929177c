/** A transfer and the answer of the ACD (`media D10`, D11). */
import { describe, expect, it } from 'vitest'
import type { Effect } from '../../machines/effects.ts'
import { agent, asked, heard, MRD } from './agent.ts'

/** A dialog that is ACTIVE, with a transfer that the ACD has not answered yet. */
function transferring() {
  const on = agent()
  on.signInToMedium()
  on.medium('READY')
  on.offer()
  on.act(0, 'ACCEPT', 'START')
  const transfer = (target: string, targetKnown = true) =>
    on.tell({
      type: 'DIALOG_ACTION',
      ...{ mrd: MRD, dialog: on.dialog(0), action: 'TRANSFER', target, targetKnown, requestId: 'r' },
    })
  const answered = (type: 'RESUBMITTED' | 'RESUBMISSION_REFUSED', attempt: number | null) =>
    on.tell({ type, mrd: MRD, dialog: on.dialog(0), task: 't0', reason: '', attempt })
  return { ...on, transfer, answered, first: transfer('elsewhere') }
}

const failures = (effects: readonly Effect[]) =>
  effects.flatMap((effect) =>
    effect.type === 'failed' ? [`${effect.failure} ${effect.detail} #${effect.requestId}`] : [],
  )
const deadlines = (effects: readonly Effect[]) =>
  effects.flatMap((effect) =>
    effect.type === 'deadline.armed' || effect.type === 'deadline.cleared'
      ? [`${effect.type.replace('deadline.', '')} ${effect.name}`]
      : [],
  )
const selectors = (effects: readonly Effect[]) =>
  effects.flatMap((effect) =>
    effect.type === 'acd' && effect.notice.ask === 'resubmit'
      ? [`${effect.notice.scriptSelector} ${effect.notice.attempt}`]
      : [],
  )

it('a transfer is sent to the ACD and arms its timeout', () => {
  const { first } = transferring()
  expect(asked(first)).toEqual(['resubmit TRANSFER'])
  expect(selectors(first)).toEqual(['elsewhere 1'])
  expect(deadlines(first)).toEqual(['armed TRANSFER_TIMEOUT'])
  expect(heard(first)).toEqual([])
})

describe('while a transfer waits', () => {
  it('a second transfer is refused, and the first can still succeed', () => {
    const on = transferring()
    const effects = on.transfer('a third place')
    expect(failures(effects)).toEqual([`ACTION_OUT_OF_SEQUENCE ${on.dialog(0)} #r`])
    expect(asked(effects)).toEqual([])
    expect(heard(on.answered('RESUBMITTED', 1))).toEqual(['task.removed 1000 CLOSED', 'media READY'])
  })

  it('the agent may close the dialog, and a later resubmission is cancelled', () => {
    const on = transferring()
    expect(deadlines(on.act(0, 'CLOSE'))).toContain('cleared TRANSFER_TIMEOUT')
    expect(asked(on.answered('RESUBMITTED', 1))).toEqual(['cancelResubmission'])
    expect(asked(on.answered('RESUBMISSION_REFUSED', 1))).toEqual([])
  })
})

describe('when the ACD has taken the task', () => {
  it.each([1, null])('the dialog ends, and its notification has the request id (attempt %s)', (attempt) => {
    const on = transferring()
    const effects = on.answered('RESUBMITTED', attempt)
    expect(effects).toContainEqual(
      expect.objectContaining({
        type: 'task.removed',
        requestId: 'r',
        task: expect.objectContaining({ dispositionCode: 'CD_TASK_TRANSFER' }),
      }),
    )
    expect(asked(effects)).toEqual([])
  })

  it('for a transfer that has timed out, the resubmission is cancelled', () => {
    const on = transferring()
    on.toDialog(0, 'TRANSFER_TIMEOUT')
    on.transfer('there')
    expect(asked(on.answered('RESUBMITTED', 1))).toEqual(['cancelResubmission'])
    expect(heard(on.answered('RESUBMITTED', 2))).toContain('task.removed 1000 CLOSED')
  })
})

describe('when the ACD has refused a transfer', () => {
  it('the request fails, and the dialog does not change', () => {
    const on = transferring()
    const effects = on.answered('RESUBMISSION_REFUSED', 1)
    expect(failures(effects)).toEqual(['TRANSFER_REFUSED elsewhere #r'])
    expect(deadlines(effects)).toEqual(['cleared TRANSFER_TIMEOUT'])
    expect(failures(on.answered('RESUBMISSION_REFUSED', 1))).toEqual([])
    expect(heard(on.act(0, 'PAUSE'))).toEqual(['task.changed 1000 PAUSED', 'media PAUSED'])
  })

  it('another transfer is possible', () => {
    const on = transferring()
    on.answered('RESUBMISSION_REFUSED', 1)
    expect(selectors(on.transfer('there'))).toEqual(['there 2'])
    expect(failures(on.answered('RESUBMISSION_REFUSED', 1))).toEqual([])
  })
})

it('a transfer to an unknown selector is refused and not sent to the ACD', () => {
  const on = transferring()
  on.answered('RESUBMISSION_REFUSED', 1)
  const effects = on.transfer('nowhere', false)
  expect(failures(effects)).toEqual(['UNKNOWN_SCRIPT_SELECTOR nowhere #r'])
  expect(asked(effects)).toEqual([])
})
