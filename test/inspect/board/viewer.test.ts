/** A page that reads slowly or not at all: for rows that wait for it, only the agents' ids are kept. */
import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { loadDirectory } from '../../../src/directory/index.ts'
import { scopeOf } from '../../../src/inspect/board/scope.ts'
import { BoardReader, type BoardSocket } from '../../../src/inspect/board/viewer.ts'

class SlowSocket extends EventEmitter implements BoardSocket {
  bufferedAmount = 0
  readonly sent: string[] = []
  closedWith: number | undefined
  answersPing = true

  send(text: string): void {
    this.sent.push(text)
  }

  ping(): void {
    if (this.answersPing) this.emit('pong')
  }

  close(code: number): void {
    this.closedWith = code
  }

  terminate(): void {
    this.emit('close')
  }
}

const FULL = 1_000_000

async function viewing() {
  const { directory } = await loadDirectory()
  const administrator = { id: 'admin', kind: 'administrator' } as const
  const scope = scopeOf(administrator, directory)
  if (!scope) throw new Error('an administrator must see everybody')
  const socket = new SlowSocket()
  const rows = new Map(directory.users.map(({ id }) => [id, JSON.stringify({ id })]))
  const viewer = new BoardReader(socket, administrator, (user) => rows.get(user))
  viewer.begin(scope, { type: 'beat', now: 0 })
  return { socket, viewer, rows, users: directory.users.map(({ id }) => id) }
}

describe('a page', () => {
  it('gets a row when its socket can take it, only in its newest version', async () => {
    const { socket, viewer, rows, users } = await viewing()
    expect(viewer.flush(0)).toBe(true)
    socket.bufferedAmount = FULL
    const before = socket.sent.length
    for (let change = 0; change < 1000; change += 1) {
      rows.set('1001', JSON.stringify({ id: '1001', change }))
      viewer.changed(['1001'], {})
      expect(viewer.flush(0)).toBe(false)
    }
    expect(socket.sent.length).toBe(before)
    socket.bufferedAmount = 0
    expect(viewer.flush(0)).toBe(true)
    expect(socket.sent.slice(before)).toEqual([
      `{"type":"change","number":${before + 1},"now":0,"agents":[{"id":"1001","change":999}]}`,
    ])
    expect(users).toHaveLength(7)
  })

  it('gets nothing about agents that it may not see', async () => {
    const { socket, viewer } = await viewing()
    viewer.flush(0)
    const before = socket.sent.length
    viewer.changed(['9999'], {})
    viewer.flush(0)
    expect(socket.sent.length).toBe(before)
  })

  it('that reads nothing for some beats is disconnected', async () => {
    const { socket, viewer } = await viewing()
    socket.bufferedAmount = FULL
    expect([viewer.beat(0), viewer.beat(0), viewer.beat(0)]).toEqual([true, true, false])
  })

  it('that answers no ping is disconnected at the next beat', async () => {
    const { socket, viewer } = await viewing()
    socket.answersPing = false
    expect([viewer.beat(0), viewer.beat(0)]).toEqual([true, false])
    viewer.close('slow')
    expect(socket.closedWith).toBe(4408)
  })
})
