/** The state of the medium during an interrupt, and the state of the dialog after it (D13, D14). */
import { describe, expect, it } from 'vitest'
import type { TaskAction } from '../../machines/wire.ts'
import { agent, heard } from './agent.ts'

/** A call has interrupted an agent whose dialog had taken these actions. */
function interrupted(...actions: readonly TaskAction[]) {
  const on = agent()
  on.signIn()
  on.ready()
  on.signInToMedium()
  on.medium('READY')
  on.offer()
  on.act(0, 'ACCEPT', ...actions)
  on.leg('ALERTING')
  expect(heard(on.leg('ACTIVE'))).toContain('media INTERRUPTED')
  return on
}

const ofMedia = (lines: readonly string[]) => lines.filter((line) => !/^(user|call)/.test(line))

describe('when the call is over', () => {
  it.each([
    ['ACTIVE', ['START'], 'ACTIVE'],
    ['PAUSED', ['START', 'PAUSE'], 'PAUSED'],
    ['WRAPPING_UP', ['START', 'WRAP_UP'], 'WORK_READY'],
  ] as const)('a dialog that was %s has that state again, without a notification about it', (_, actions, state) => {
    const on = interrupted(...actions)
    expect(ofMedia(heard(on.callRemoved()))).toEqual([`media ${state}`])
    expect(heard(on.act(0, 'CLOSE'))).toEqual(['task.removed 1000 CLOSED', 'media READY'])
  })

  it('a dialog whose old state was lost with a gateway is UNKNOWN, and can be closed', () => {
    const on = interrupted('START', 'PAUSE')
    const before = on.task(0)
    expect(before?.actions).toEqual(['RESUME', 'WRAP_UP', 'TRANSFER', 'CLOSE'])
    on.tell({ type: 'PERIPHERAL_LOST', both: false })
    expect(on.task(0)).toEqual(before) // `media 8`, 11.3
    expect(ofMedia(heard(on.callRemoved()))).toEqual(['task.changed 1000 UNKNOWN', 'media ACTIVE'])
    expect(heard(on.act(0, 'CLOSE'))).toEqual(['task.removed 1000 CLOSED', 'media READY'])
  })
})

describe('while the call lasts', () => {
  it('an agent who requests NOT_READY and then READY is INTERRUPTED again', () => {
    const on = interrupted('START', 'PAUSE')
    expect(heard(on.medium('NOT_READY'))).toEqual(['media NOT_READY'])
    expect(heard(on.medium('READY'))).toEqual(['media INTERRUPTED'])
    expect(ofMedia(heard(on.callRemoved()))).toEqual(['media PAUSED'])
  })

  it('a held call interrupts, a call in wrap-up does not (ruling 40)', () => {
    const on = interrupted('START')
    expect(ofMedia(heard(on.leg('HELD')))).toEqual([])
    expect(ofMedia(heard(on.leg('ACTIVE')))).toEqual([])
    expect(ofMedia(heard(on.leg('WRAP_UP')))).toEqual(['media ACTIVE'])
    expect(ofMedia(heard(on.callRemoved()))).toEqual([])
  })

  it('a second call changes nothing, and the interrupt lasts until both are over (I5, I8)', () => {
    const on = interrupted('START')
    on.leg('ALERTING', '78')
    expect(ofMedia(heard(on.leg('ACTIVE', '78')))).toEqual([])
    expect(ofMedia(heard(on.callRemoved()))).toEqual([])
    expect(ofMedia(heard(on.callRemoved(false, '78')))).toEqual(['media ACTIVE'])
  })

  it('a medium is READY when its last dialog has ended (I11)', () => {
    const on = agent()
    on.signIn()
    on.ready()
    on.signInToMedium()
    on.medium('READY')
    on.offer()
    on.offer()
    on.act(0, 'ACCEPT', 'START')
    on.act(1, 'ACCEPT', 'START')
    on.leg('ALERTING')
    expect(ofMedia(heard(on.leg('ACTIVE')))).toEqual(['media INTERRUPTED'])
    expect(ofMedia(heard(on.toDialog(0, 'MAX_TASK_DURATION')))).toEqual(['task.removed 1000 CLOSED'])
    expect(on.view().state).toBe('INTERRUPTED')
    expect(ofMedia(heard(on.toDialog(1, 'MAX_TASK_DURATION')))).toEqual(['task.removed 1001 CLOSED', 'media READY'])
    expect(ofMedia(heard(on.callRemoved()))).toEqual([])
  })

  it('no action on the dialog is accepted', () => {
    expect(heard(interrupted('START').act(0, 'PAUSE'))).toEqual(['failed DIALOG_INTERRUPTED'])
  })
})
