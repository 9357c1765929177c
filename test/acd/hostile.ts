/** Requests to `/acd` of the largest allowed size that are meant to cost the server much time. */

export interface HostileRequest {
  readonly path: string
  readonly body: string
}

const SIZE = 64 * 1024
const SELECTOR = '"scriptSelector":"email_support"'

/** A body that is filled with pieces, separated by commas, between head and tail. Each piece gets its number. */
function many(head: string, piece: (n: string) => string, tail: string): string {
  const pieces: string[] = []
  for (let room = SIZE - head.length - tail.length, n = 0; ; n += 1) {
    const next = piece(n.toString(36))
    room -= next.length + 1
    if (room < 0) return head + pieces.join(',') + tail
    pieces.push(next)
  }
}

const task = (body: string): HostileRequest => ({ path: '/acd/tasks', body })
const variables = (piece: (n: string) => string) => task(many(`{${SELECTOR},"variables":{`, piece, '}}'))
const erasure = (body: string): HostileRequest => ({ path: '/acd/erasures', body })

export const HOSTILE_JSON: Readonly<Record<string, HostileRequest>> = {
  'unknown names': task(many(`{${SELECTOR},`, (n) => `"k${n}":0`, '}')),
  'one unknown name': task(`{${SELECTOR},"${'k'.repeat(60_000)}":0}`),
  'one name again and again': task(many('{', () => SELECTOR, '}')),
  'names of variables that are none': variables((n) => `"${n}":""`),
  'names and values of variables that are none': variables((n) => `"${n}":0`),
  'variables that are numbers': variables((n) => `"user.x${n}":0`),
  'variables with control characters': variables((n) => `"user.x${n}":"\\n"`),
  'more variables than a task may have': variables((n) => `"user.x${n}":""`),
  'a variable of many parts': task(`{${SELECTOR},"variables":{"user${'.a'.repeat(30_000)}!":""}}`),
  'a variable with a long name': task(`{${SELECTOR},"variables":{"user.${'a'.repeat(60_000)}!":""}}`),
  'a variable with a long value': task(`{${SELECTOR},"variables":{"callVariable1":"${'a'.repeat(60_000)}\\n"}}`),
  'a list of variables': task(many(`{${SELECTOR},"variables":[`, () => '0', ']}')),
  'lists in lists': task(`{${SELECTOR},"variables":${'['.repeat(30_000)}${']'.repeat(30_000)}}`),
  'lists in lists that do not end': task('['.repeat(SIZE)),
  'objects in objects': task(`{${SELECTOR},"variables":${'{"a":'.repeat(10_000)}0${'}'.repeat(10_000)}}`),
  escapes: task(`{"scriptSelector":"${'\\u0041'.repeat(10_000)}"}`),
  digits: task(`{"scriptSelector":${'9'.repeat(60_000)}}`),
  'digits of a fraction': task(`{"scriptSelector":0.${'9'.repeat(60_000)}e-300}`),
  'variables of a call': {
    path: '/acd/calls',
    body: many('{"from":"1","to":"1001","variables":{', (n) => `"a${n}":""`, '}}'),
  },
  'unknown names of a fault': {
    path: '/acd/faults',
    body: many('{"type":"acd-link","up":true,', (n) => `"k${n}":0`, '}'),
  },
  'numbers in place of tasks': erasure(many('{"tasks":[', () => '0', ']}')),
  'more tasks than are possible': erasure(many('{"tasks":[', (n) => `"${n}"`, ']}')),
  'variables without a value': erasure(many('{"variables":[', () => '{}', ']}')),
  'variables with unknown names': erasure(many('{"variables":[', () => '{"a":1}', ']}')),
  'a customer of a hundred values': erasure(
    `{"dryRun":true,"variables":[${Array.from({ length: 100 }, (_, n) => `{"value":"${n}${'v'.repeat(500)}"}`).join(',')}]}`,
  ),
}
