/** The files of the board's page. */
import { readFile } from 'node:fs/promises'
import { assetsOf, scripts } from '../access/assets.ts'

const fileOf = (name: string) => readFile(new URL(name, import.meta.url))

const make = async () => ({ 'board.js': await (await import('./bundle.ts')).bundleBoard() })

/** Names below the page's path; `''` is the page itself. */
export const ASSETS = ['', 'board.css', 'board.js', 'icon.svg'] as const

export const boardAssets = assetsOf('the page of the board', async () => [
  ['', await fileOf('./board.html')],
  ['board.css', await fileOf('./board.css')],
  ['icon.svg', await fileOf('./icon.svg')],
  ...(await scripts(import.meta.url, ['board.js'], make)),
])
