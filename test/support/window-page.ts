import { mkdirSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import type { CliProcess } from './cli-process.ts'

/** A person at a window of `argosy serve`: what can be seen in it, and where to click. */
export class WindowPage {
  readonly page: Page
  readonly #pictures: string

  constructor(page: Page, pictures: string) {
    this.page = page
    this.#pictures = pictures
    mkdirSync(pictures, { recursive: true })
  }

  cell(application: string, cluster: string) {
    return this.page.getByRole('gridcell', { name: new RegExp(`^${application}, ${cluster}:`) })
  }

  /** Waits for words of a cell, as a screen reader reads it. */
  cellSays(application: string, cluster: string) {
    const name = () => this.cell(application, cluster).locator('.unseen').first().innerText()
    return expect.poll(name, { timeout: 20_000, interval: 100 })
  }

  /** A cluster of the rail. Its name says how it is. */
  cluster(context: string) {
    return this.page.locator('.rail-button', { hasText: context })
  }

  clusterSays(context: string) {
    return expect.poll(() => this.cluster(context).getAttribute('title'), { timeout: 20_000, interval: 100 })
  }

  /** What a cluster's card says of its trouble. */
  async trouble(context: string): Promise<string> {
    await this.cluster(context).click()
    return this.page.locator('.cluster-card .trouble').innerText()
  }

  toastSays(title: RegExp, { within = 20_000 } = {}) {
    const toast = () => this.page.locator('.toast', { hasText: title }).innerText()
    return expect.poll(toast, { timeout: within, interval: 100 })
  }

  async leave(): Promise<void> {
    await this.page.keyboard.press('Escape')
  }

  async goTo(hash: string): Promise<void> {
    await this.page.goto(`${new URL(this.page.url()).origin}/${hash}`)
  }

  async picture(name: string): Promise<void> {
    for (const colorScheme of ['dark', 'light'] as const) {
      await this.page.emulateMedia({ colorScheme })
      await this.page.evaluate(colourTransitionsEnd)
      await this.page.screenshot({ path: `${this.#pictures}/${name}-${colorScheme}.png`, animations: 'disabled' })
    }
  }
}

/** Runs in the page. Spinning marks never end; only transitions do. */
const colourTransitionsEnd = `Promise.all(
  document.getAnimations().filter((each) => each instanceof CSSTransition).map((each) => each.finished.catch(() => {})),
)`

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['ARGOSY_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })

/** Opens the address that a process printed. */
export async function openWindow(browser: Browser, served: CliProcess, pictures: string): Promise<WindowPage> {
  await expect.poll(() => served.stdout, { timeout: 20_000, interval: 50 }).toMatch(/http:\S+\n/)
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  await page.goto(/http:\S+/.exec(served.stdout)?.[0] ?? '')
  return new WindowPage(page, pictures)
}
