/** The report as a file. */
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { renderHtml } from '../../../src/simulate/report/index.ts'
import { result } from './fixture.ts'

const MARKUP = `</script><script>alert('x')</script><!-- & "quoted" \u2028`

const sha = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

describe('the report file', () => {
  let html = ''
  let script = ''
  beforeAll(async () => {
    html = await renderHtml([result({ scenario: { name: 'x', title: MARKUP, description: MARKUP } })])
    script = /<script>([\s\S]*)<\/script>\n<\/body>/.exec(html)?.[1] ?? ''
  })

  it('allows its own script and style by their hashes, and nothing else', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? ''
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? ''
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${sha(script)}`,
      `style-src ${sha(style)}`,
      "base-uri 'none'",
      "form-action 'none'",
    ])
  })

  it('refers to no other file', () => {
    const around = html.replace(script, '')
    expect(around).not.toMatch(/https?:|src=|href=|url\(|@import/)
  })

  it('contains the data as JSON that no parser reads as markup', () => {
    const data = /<script type="application\/json" id="results">([^<]*)<\/script>/.exec(html)?.[1] ?? ''
    expect(JSON.parse(data)).toEqual([result({ scenario: { name: 'x', title: MARKUP, description: MARKUP } })])
    expect(data).not.toMatch(/[<>&\u2028]/)
    expect(html.match(/<\/?script/gi)).toHaveLength(4)
  })

  it('has its title as text', () => {
    expect(html).toContain('<title>&lt;/script&gt;&lt;script&gt;alert(&#39;x&#39;)')
  })

  it('contains the notices of the libraries in the script', () => {
    for (const notice of ['Apache ECharts', 'Apache License, Version 2.0', 'Baidu Inc.', 'Mike Bostock', 'tslib']) {
      expect(script).toContain(notice)
    }
  })

  it('its script stays below 700 kB', () => {
    expect(Buffer.byteLength(script)).toBeLessThan(700_000)
  })

  it('throws without a result', async () => {
    await expect(renderHtml([])).rejects.toThrow('a report needs a result')
  })
})
