/** What a page looks like to people who see little, use no mouse, or have a small screen. Each returns what is wrong. */
import type { Page } from 'playwright-core'

/** Texts with less contrast than 4.5 to 1 (3 to 1 if they are large), as WCAG 2.2 asks; disabled controls may have less. */
const FAINT = `(() => {
  const parse = (text) => {
    const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\\d.]+/g) ?? []).map(Number)
    return text.startsWith('color(srgb') ? { r: r * 255, g: g * 255, b: b * 255, a } : { r, g, b, a }
  }
  const over = (top, below) => ({
    r: top.r * top.a + below.r * (1 - top.a), g: top.g * top.a + below.g * (1 - top.a),
    b: top.b * top.a + below.b * (1 - top.a), a: 1,
  })
  const behind = (node) => {
    const layers = []
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor)
      if (colour.a > 0) layers.push(colour)
      if (colour.a === 1) break
    }
    return layers.reverse().reduce((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 })
  }
  const luminance = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((each) => each / 255 <= 0.04045 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4)
    return 0.2126 * x + 0.7152 * y + 0.0722 * z
  }
  const open = document.querySelector('dialog[open]') ?? document.body
  const walker = document.createTreeWalker(open, NodeFilter.SHOW_TEXT)
  const wrong = new Set()
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement
    if (!walker.currentNode.textContent.trim() || !node.checkVisibility({ visibilityProperty: true })) continue
    if (node.closest(':disabled, noscript, title, option, [hidden]')) continue
    const style = getComputedStyle(node)
    const below = behind(node)
    const [light, dark] = [luminance(over(parse(style.color), below)), luminance(below)].sort((a, b) => b - a)
    const size = parseFloat(style.fontSize)
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
    const contrast = (light + 0.05) / (dark + 0.05)
    if (contrast < (isLarge ? 3 : 4.5)) wrong.add(node.className + ': ' + node.textContent.slice(0, 30) + ' ' + contrast.toFixed(2))
  }
  return [...wrong]
})()`

/** Controls without a name that a screen reader could say. */
const NAMELESS = `[...document.querySelectorAll('a[href], button, input, select, textarea, [role=img], dialog, svg')]
  .filter((node) => node.checkVisibility())
  .filter((node) => !(
    node.getAttribute('aria-label')?.trim() || (node.labels?.length ?? 0) > 0 ||
    document.getElementById(node.getAttribute('aria-labelledby') ?? '')?.textContent.trim() ||
    (['A', 'BUTTON'].includes(node.tagName) && node.textContent.trim())
  ))
  .map((node) => node.outerHTML.slice(0, 80))`

/** Words of the rows of agents that are not there to read as a whole, and rows that cover the next one. */
const CUT = `(() => {
  const words = [...document.querySelectorAll('.body .name, .body .about, .body .chip, .body .time, .body .more')]
    .filter((node) => node.checkVisibility() && node.scrollWidth > node.clientWidth && node.clientWidth > 0)
    .map((node) => node.textContent)
  const rows = [...document.querySelectorAll('.body .row')]
    .map((node) => ({ user: node.dataset.user, ...node.getBoundingClientRect().toJSON() }))
    .sort((one, other) => one.top - other.top)
  const covered = rows.filter(({ bottom }, index) => bottom > (rows[index + 1]?.top ?? Infinity) + 0.5)
  const below = [...document.querySelectorAll('.body .more')]
    .filter((node) => node.getBoundingClientRect().bottom > node.closest('.row').getBoundingClientRect().bottom + 0.5)
    .map((node) => node.textContent + ' sticks out')
  return [...words, ...covered.map(({ user }) => user + ' is covered'), ...below]
})()`

const WIDE = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'

export interface Looks {
  readonly faint: readonly string[]
  readonly nameless: readonly string[]
  /** The page can be scrolled to the side. */
  readonly isTooWide: boolean
}

export const GOOD: Looks = { faint: [], nameless: [], isTooWide: false }

export async function looksOf(page: Page): Promise<Looks> {
  return {
    faint: await page.evaluate(FAINT),
    nameless: await page.evaluate(NAMELESS),
    isTooWide: await page.evaluate(WIDE),
  }
}

/** What the rows of agents do not show as a whole. */
export const cutRows = (page: Page): Promise<readonly string[]> => page.evaluate(CUT)
