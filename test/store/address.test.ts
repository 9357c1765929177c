/** The address of a PostgreSQL store. */
import { expect, it } from 'vitest'
import { readAddress } from '../../src/store/postgres/address.ts'

const at = (host: string, port = 5432) => ({ host, port })

it.each([
  [
    'postgres://u:p%40w@h1,h2:5433,[::1]:77/db?sslmode=require',
    { hosts: [at('h1'), at('h2', 5433), at('::1', 77)], user: 'u', password: 'p@w', database: 'db', tls: 'require' },
  ],
  ['postgresql://u@/db', { hosts: [at('localhost')], user: 'u', password: undefined, database: 'db', tls: 'prefer' }],
  ['postgres://u@h/', { hosts: [at('h')], user: 'u', password: undefined, database: 'u', tls: 'prefer' }],
  [
    'postgres:///db?host=/tmp&sslmode=disable',
    { hosts: [at('/tmp')], user: undefined, password: undefined, database: 'db', tls: 'disable' },
  ],
  [
    'postgres://u@/db?host=/run/postgresql&port=5433',
    { hosts: [at('/run/postgresql', 5433)], user: 'u', password: undefined, database: 'db', tls: 'prefer' },
  ],
])('%s', (url, expected) => {
  const { shown, ...read } = readAddress(url)
  expect(read).toEqual(expected)
  expect(shown).not.toContain('p@w')
})

it.each([
  ['postgres://h', 'it names no database'],
  ['mysql://u@h/d', 'it is not like postgres://USER@HOST:PORT/DATABASE'],
  ['postgres://u:secret@h:0/d', 'a port is a number from 1 to 65535'],
  ['postgres://u:secret@h:65536/d', 'a port is a number from 1 to 65535'],
  ['postgres://u:sec/ret@h/d', 'a special character in it is not percent-encoded'],
  ['postgres://u:sec@ret@h/d', 'a special character in it is not percent-encoded'],
  ['postgres://u:sec?ret@h/d', 'a special character in it is not percent-encoded'],
  ['postgres://u:secret@[::1/d', 'a host is a name or an address, with or without a port'],
  ['postgres://u:secret@h:1:2/d', 'a host is a name or an address, with or without a port'],
  ['postgres://u:secret@h/d?port=x', 'a port is a number from 1 to 65535'],
  ['postgres://u:secret@h/d?x=1', 'it has the unknown parameter x'],
  ['postgres://u:%zz@h/d', 'a special character in it is not percent-encoded'],
  ['postgres://u:secret@h/d?sslmode=verify-ca', 'sslmode is one of disable, allow, prefer, require, verify-full'],
])('refuses %s without the password in its message', (url, why) => {
  expect(() => readAddress(url)).toThrow(`the url of the store cannot be used: ${why}`)
  expect(() => readAddress(url)).not.toThrow(/secret|sec|ret@/)
})
