/**
 * The README's question about lunch: its commands give a number, an interval and a picture.
 *
 * Slow, 15 s: it runs whole days, with two seeds instead of ten. More in `npm run test:whole`.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isWhole } from '../suite/extent.ts'
import { run, temporary } from './process.ts'

const README = new URL('../../README.md', import.meta.url)

it.runIf(isWhole)(
  'whether e-mail agents should accept interrupts at lunch, and how many chat agents are needed',
  async () => {
    const readme = await readFile(README, 'utf8')
    const [, story = ''] = /<!-- lunch -->\n```bash\n([^`]*)```/.exec(readme) ?? []
    const folder = await temporary()
    const commands = story
      .trim()
      .split('\n')
      .map((line) => {
        const words = line.replace('npm run -s mrdian -- ', '').replaceAll("'", '').split(' ')
        return words.map((word) => (/\.(html|csv)$/.test(word) ? join(folder, word) : word))
      })
    expect(commands).toHaveLength(2)
    const [policy = [], staffing = []] = commands
    const few = ['--quiet', '--replications', '2']

    const compared = await run([...policy, ...few])
    expect(compared.code).toBe(0)
    expect(compared.out).toMatch(/^ignore, compared with accept: .*Email 5001: .* less \(.* to .*\) than .*, better/m)
    expect(compared.out).toContain('People: turns, Chat: agent exponential, mean 30s')
    expect(await readFile(join(folder, 'lunch.html'), 'utf8')).toContain('id="comparison"')
    expect(await readFile(join(folder, 'lunch.csv'), 'utf8')).toMatch(/\r\nignore,queue\/5001\/waitP90,.*,ms,2,[\d.]+,/)

    // Two seeds have wide intervals, so no number may be enough for sure.
    const staffed = await run([...staffing, ...few])
    expect(staffed.out).toMatch(/ surely meets? 5002\.serviceLevel>=80%\./)
    expect(staffed.out).toMatch(
      /^ +Chat 5002: service level .*\nchat\.size=6 +[\d.]+% \([\d.]+% to [\d.]+%\) +(not )?met/m,
    )
    expect(await readFile(join(folder, 'staffing.html'), 'utf8')).toContain('"curve":{"path":"chat.size"')
    expect([0, 1]).toContain(staffed.code)
  },
)
