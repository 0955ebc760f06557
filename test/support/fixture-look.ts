import axe from 'axe-core'
import type { Page } from 'playwright-core'

/**
 * WCAG 2 A and AA violations of the page, one line each: rule, how often, where first. Contrast takes longer than all the rest together.
 */
export async function axeViolations(page: Page, { contrast = true } = {}): Promise<readonly string[]> {
  // Half a megabyte to parse: once for each page, however often it is looked at.
  if (await page.evaluate(() => !('axe' in window))) await page.evaluate(axe.source)
  return page.evaluate(`
    axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      resultTypes: ['violations'],
      preload: false,
      rules: { 'color-contrast': { enabled: ${contrast} } },
    }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ' ×' + nodes.length + ': ' + nodes[0].target.join(' ') + ' ' +
        nodes[0].failureSummary.replace(/\\s+/g, ' ').slice(0, 200)))`)
}

/** True when the page itself scrolls sideways (UI-GRID-6). */
export const scrollsSideways = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)

/**
 * Texts that stick out of a box which cuts them off, or out of the window, though they are not marked: `.cut` ends in
 * an ellipsis, `.drops` leaves out whole words where there is no room (UI-GRID-8). A scrolling box lets its contents stick out.
 */
export const clippedTexts = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const found: string[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const range = document.createRange()
    const describe = (element: Element) => `${element.tagName.toLowerCase()}.${element.className}`
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement
      if (element === null || node.textContent?.trim() === '') continue
      if (element.closest('.cut, .drops, .unseen, .why, svg, script, style, [hidden]') !== null) continue
      range.selectNodeContents(node)
      const box = range.getBoundingClientRect()
      if (box.width === 0 || box.height === 0) continue
      for (let around: Element | null = element; ; around = around.parentElement) {
        const style = around === null ? undefined : getComputedStyle(around)
        if (style !== undefined && /auto|scroll/.test(style.overflowX + style.overflowY)) break
        const frame = around?.getBoundingClientRect() ?? new DOMRect(0, 0, window.innerWidth, window.innerHeight)
        const cuts = around === null || /hidden|clip/.test(style?.overflow ?? '')
        const out =
          box.right > frame.right + 1 ||
          box.left < frame.left - 1 ||
          box.bottom > frame.bottom + 2 ||
          box.top < frame.top - 2
        if (cuts && out) {
          found.push(
            `"${node.textContent?.trim()}" in ${describe(element)} out of ${around ? describe(around) : 'window'}`,
          )
          break
        }
        if (around === null) break
      }
    }
    return [...new Set(found)]
  })
