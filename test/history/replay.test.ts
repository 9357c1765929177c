/** What replay finds in a journal that was changed afterwards, and the personal data that it never shows. */
import { describe, expect, it } from 'vitest'
import { MACHINE_VERSION } from '../../machines/index.ts'
import type { JournalRow, Json, SnapshotRow } from '../../src/engine/ports.ts'
import { type Difference, replay } from '../../src/history/replay.ts'
import { historyOf, type Kept } from './golden/read.ts'
import { Stage } from './golden/stage.ts'

const EMAIL = '5001'
const CHAT = '5002'

async function shift(): Promise<Kept> {
  const stage = await Stage.open()
  await stage.presence('1001', true)
  await stage.say({ type: 'user.signIn', user: '1001', extension: '1001' })
  await stage.ready('1001', [EMAIL])
  const dialog = await stage.submit(EMAIL, 'email_support')
  await stage.pass(90)
  await stage.call('1001')
  await stage.act(dialog, 'ACCEPT')
  await stage.ready('1001', [CHAT])
  await stage.submit(CHAT, 'chat_sales')
  await stage.pass(90)
  await stage.say({ type: 'media.setRoutable', user: '1001', mrd: CHAT, routable: true })
  await stage.close()
  return JSON.parse(JSON.stringify({ rows: stage.rows, snapshots: stage.snapshots }))
}

const kept = await shift()

const kindOf = ({ input }: JournalRow) => (typeof input === 'object' && input && 'kind' in input ? input.kind : '')
const holds = (text: string) => (row: JournalRow) => JSON.stringify(row.input).includes(text)

/** The journal with one row changed, and the row. */
async function damaged(wanted: (row: JournalRow) => boolean, change: (row: JournalRow) => JournalRow) {
  const row = kept.rows.find(wanted)
  if (!row) throw new Error('no such row')
  const rows = kept.rows.map((each) => (each === row ? change(each) : each))
  return { row, differences: await differencesOf({ ...kept, rows }) }
}

async function differencesOf(changed: Kept): Promise<ReadonlyMap<string, Difference>> {
  const { aggregates } = await replay(historyOf(changed))
  return new Map(aggregates.flatMap(({ aggregate, difference }) => (difference ? [[aggregate, difference]] : [])))
}

const edited = (row: JournalRow, from: string, to: string): JournalRow => ({
  ...row,
  input: JSON.parse(JSON.stringify(row.input).replace(from, to)) as Json,
})

describe('a journal as it was written', () => {
  it('has no difference, and the report has its figures', async () => {
    const seen: number[] = []
    const report = await replay(historyOf(kept), { onProgress: ({ rows }) => seen.push(rows) })
    expect(report).toMatchObject({ rows: kept.rows.length, differing: 0, lifted: [] })
    expect(report.snapshots).toBe(kept.snapshots.length)
    expect(report.snapshots).toBeGreaterThan(8)
  })

  it('can be replayed for one aggregate only', async () => {
    const report = await replay(historyOf(kept), { aggregate: 'user/1001' })
    expect(report.aggregates.map(({ aggregate }) => aggregate)).toEqual(['user/1001'])
    await expect(replay(historyOf(kept), { aggregate: 'user/9' })).rejects.toThrow('nothing is kept of user/9')
  })

  it('is replayed from the oldest snapshot when the rows before it are deleted', async () => {
    const first = new Map<string, SnapshotRow>()
    for (const each of kept.snapshots) if (!first.has(each.aggregate)) first.set(each.aggregate, each)
    const rows = kept.rows.filter(({ aggregate, sequence }) => sequence > (first.get(aggregate)?.sequence ?? 0))
    expect(rows.length).toBeLessThan(kept.rows.length)
    expect(await differencesOf({ ...kept, rows })).toEqual(new Map())
  })
})

describe('a journal that was changed shows a difference for', () => {
  it('another input, with the path of the value', async () => {
    const { row, differences } = await damaged(holds('MEDIA_SIGN_IN'), (each) =>
      edited(each, '"maxDialogLimit":3', '"maxDialogLimit":4'),
    )
    const found = differences.get('user/1001')
    expect(found?.sequence).toBeGreaterThanOrEqual(row.sequence)
    expect([...differences.keys()]).toEqual(['user/1001'])
    expect(found?.kind).toBe('message')
    expect(found).toMatchObject({ stored: '3', replayed: '4', path: '$.body.claim.freeSlots' })
  })

  it('an input that the machines cannot take', async () => {
    const { row, differences } = await damaged(holds('MEDIA_SIGN_IN'), (each) => ({
      ...each,
      input: { kind: 'nonsense' },
    }))
    expect(differences.get('user/1001')).toMatchObject({ kind: 'step', position: row.position, sequence: row.sequence })
  })

  it('a missing row', async () => {
    const gone = kept.rows.find(({ aggregate, sequence }) => aggregate === 'user/1001' && sequence === 4)
    const rows = kept.rows.filter((row) => row !== gone)
    expect((await differencesOf({ ...kept, rows })).get('user/1001')).toMatchObject({
      kind: 'step',
      replayed: 'user/1001: journal continues with 5 after 3',
    })
  })

  it('missing rows at the end', async () => {
    const end = kept.snapshots.findLast(({ aggregate }) => aggregate === 'user/1001')?.sequence
    const rows = kept.rows.filter(({ aggregate, sequence }) => aggregate !== 'user/1001' || sequence < 6)
    expect((await differencesOf({ ...kept, rows })).get('user/1001')).toMatchObject({
      kind: 'end',
      stored: String(end),
    })
  })

  it.each<[string, Difference['kind'], (row: JournalRow) => boolean, (row: JournalRow) => JournalRow]>([
    ['the time of a row', 'time', (row) => row.sequence === 6, (row) => ({ ...row, at: row.at - 1 })],
    ['the id of what was made', 'made', (row) => kindOf(row) === 'submitTask', (row) => ({ ...row, made: '5001-2' })],
    ['the numbers of outbox rows', 'outbox', (row) => row.outbox !== null, (row) => ({ ...row, outbox: [1, 10] })],
    ['a cause', 'message', (row) => row.cause !== null, (row) => ({ ...row, cause: null })],
    [
      'the time of a deadline',
      'deadline',
      (row) => kindOf(row) === 'deadline',
      (row) => edited(row, '"due":', '"due":1'),
    ],
  ])('%s', async (_what, kind, wanted, change) => {
    const { row, differences } = await damaged(wanted, change)
    expect(differences.get(row.aggregate)).toMatchObject({ kind, position: row.position, sequence: row.sequence })
  })

  it('a message that its sender did not send, and one that did not arrive', async () => {
    const { row, differences } = await damaged(holds('"availability"'), (each) =>
      edited(each, '"eligible":true', '"eligible":false'),
    )
    expect(differences.get('user/1001')).toMatchObject({
      kind: 'message',
      position: row.cause,
      path: '$.body.claim.eligible',
    })
    const offered = kept.rows.find(holds('"offered"'))
    const rows = kept.rows.filter((each) => each !== offered)
    expect((await differencesOf({ ...kept, rows })).get('user/1001')).toMatchObject({
      kind: 'message',
      position: offered?.cause,
    })
  })

  it('a deadline that is missing', async () => {
    const deadline = kept.rows.find((row) => row.aggregate === 'user/1001' && kindOf(row) === 'deadline')
    const next = kept.rows.find(
      (row) => row.aggregate === deadline?.aggregate && row.sequence === deadline.sequence + 1,
    )
    const rows = kept.rows
      .filter((row) => row !== deadline)
      .map((row) => (row === next ? { ...row, sequence: row.sequence - 1 } : row))
    expect((await differencesOf({ ...kept, rows })).get(deadline?.aggregate ?? '')).toMatchObject({ kind: 'deadline' })
  })

  it('a snapshot, without the values of callers and call variables', async () => {
    const snapshots = kept.snapshots.map((row) => ({
      ...row,
      state: JSON.parse(JSON.stringify(row.state).replaceAll('order 4711', 'order 4712').replaceAll('areyes', 'b')),
    }))
    const differences = await differencesOf({ ...kept, snapshots })
    expect(differences.get('queue/5001')).toMatchObject({ kind: 'state', stored: '(hidden)', replayed: '(hidden)' })
    expect(differences.get('queue/5001')?.path).toMatch(/variables\[0\]\.value$/)
    expect(differences.get('user/1001')?.path).toBe('$.state.state.setup.profile.loginName')
    expect(JSON.stringify([...differences])).not.toMatch(/4711|4712|areyes|5550100/)
  })

  it('a snapshot whose keys have another order', async () => {
    const snapshots = kept.snapshots.map((row) => {
      const { deadlines, ...rest } = Object(row.state)
      return { ...row, state: { ...rest, deadlines } }
    })
    expect((await differencesOf({ ...kept, snapshots })).get('side/A')).toMatchObject({
      kind: 'state',
      path: '$.state',
      stored: 'keys in the order sent, received, state, deadlines',
    })
  })

  it('a snapshot that cannot be restored, when the replay must begin with it', async () => {
    const last = kept.snapshots.findLast(({ aggregate }) => aggregate === 'user/1001')
    if (!last) throw new Error('no snapshot')
    const differences = await differencesOf({ rows: [], snapshots: [{ ...last, state: { damaged: true } }] })
    expect(differences.get('user/1001')).toMatchObject({ kind: 'state', position: null, sequence: last.sequence })
  })
})

it('a machine version without a migration is refused', async () => {
  const rows = kept.rows.map((row) => ({ ...row, machineVersion: MACHINE_VERSION + 1 }))
  await expect(replay(historyOf({ ...kept, rows }))).rejects.toThrow(
    /written by machine version .* no migration from that one/,
  )
})
