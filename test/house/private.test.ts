/** Members of XState that it marks as its own are touched in one file, which says why. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ADAPTER = 'src/engine/inspection/private-names.ts'
/** These are another package's, `@xmpp/client`, and typed where they are read. */
const OTHERS = 'src/xmpp/gateway/connection.ts'

const sources = ['machines', 'src'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${folder}/${name}`),
)

/** Any member read by a dot, and those that XState has however they are written. */
const PRIVATE =
  /\._[a-z]\w*|\b_(?:parent|nodes|transitions|snapshot|deferred|actorScope|processingStatus|syncSnapshot|sendInspectionEvent|relay|clock)\b/g

it('nothing but the adapter of the inspection protocol touches an underscored member', () => {
  const touched = sources
    .filter((file) => file !== ADAPTER && file !== OTHERS)
    .flatMap((file) =>
      (readFileSync(join(ROOT, file), 'utf8').match(PRIVATE) ?? []).map((found) => `${file}: ${found}`),
    )
  expect(touched).toEqual([])
})
