/** Private members of XState are used in one file only. That file gives the reason. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ADAPTER = 'src/engine/inspection/private-names.ts'
/** Uses private members of another package, `@xmpp/client`, and declares their types. */
const OTHERS = 'src/xmpp-session/connection.ts'

const sources = ['machines', 'src'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${folder}/${name}`),
)

/** Any underscored member after a dot, and the private members of XState in any notation. */
const PRIVATE =
  /\._[a-z]\w*|\b_(?:parent|nodes|transitions|snapshot|deferred|actorScope|processingStatus|syncSnapshot|sendInspectionEvent|relay|clock)\b/g

it('only the adapter of the inspection protocol uses private members', () => {
  const touched = sources
    .filter((file) => file !== ADAPTER && file !== OTHERS)
    .flatMap((file) =>
      (readFileSync(join(ROOT, file), 'utf8').match(PRIVATE) ?? []).map((found) => `${file}: ${found}`),
    )
  expect(touched).toEqual([])
})
