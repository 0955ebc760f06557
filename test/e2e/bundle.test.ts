import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { planted, recordRelease } from '#test/support/recorded-release.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

/** Two machines, each with a data folder and a window of its own; only a file goes from one to the other. */
const folder = mkdtempSync(join(tmpdir(), 'argosy-bundle-'))
const kubeconfig = join(folder, 'kubeconfig')
const pictures = 'test-results/bundle'
const children: ChildProcess[] = []
let browser: Browser

/** A window onto what is recorded in a folder; its only cluster does not answer. */
async function serve(data: string): Promise<Page> {
  const env = { ...process.env, ARGOSY_DATA: data }
  const child = spawn(process.execPath, ['out/main/cli.js', 'serve', '--kubeconfig', kubeconfig], { env })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
  while (!/http:\S+/.test(output) && child.exitCode === null) await once(child.stdout, 'data')
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  await page.goto(/http:\S+/.exec(output)?.[0] ?? '')
  await page.locator('a', { hasText: 'History' }).first().click()
  await page.locator('.bundle-bar, .offline').waitFor()
  return page
}

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  const cluster = { name: 'eu', cluster: { server: 'http://127.0.0.1:9' } }
  const context = { name: 'eu', context: { cluster: 'eu', user: 'eu' } }
  const user = { name: 'eu', user: { token: planted.token } }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [cluster],
    contexts: [context],
    users: [user],
    'current-context': 'eu',
  }
  writeFileSync(kubeconfig, JSON.stringify(config))
  for (const name of ['here', 'there']) mkdirSync(join(folder, name))
  const { history } = await recordRelease(
    join(folder, 'here', 'history.db'),
    undefined,
    new VirtualClock(Date.now() - 7_200_000),
  )
  history.close()
  browser = await chromium.launch({
    executablePath: process.env['ARGOSY_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
})

afterAll(async () => {
  await browser?.close()
  for (const child of children) {
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
  }
  rmSync(folder, { recursive: true, force: true })
})

async function save(page: Page, form: string): Promise<string> {
  await page.keyboard.press('e')
  await page.locator('.segments button', { hasText: form }).click()
  await page.locator('.bundle-facts').waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('.dialog-foot .button').last().click(),
  ])
  const path = join(folder, download.suggestedFilename())
  await download.saveAs(path)
  return path
}

it('UI-HIST-1, UI-HIST-6: a rollout is exported from one window and reviewed in another, with no cluster', {
  timeout: 120_000,
}, async () => {
  const here = await serve(join(folder, 'here'))
  await here.locator('.history-list').getByText('web').first().waitFor()
  const [bundle, page] = [await save(here, 'Bundle'), await save(here, 'Web page')]
  expect(bundle).toMatch(/argosy-web-[\d-]+\.argosy$/)
  const report = await browser.newPage()
  const outside: string[] = []
  report.on('request', (request) => outside.push(request.url()))
  await report.goto(`file://${page}`)
  await report.screenshot({ path: `${pictures}/report.png`, fullPage: true })
  await report.emulateMedia({ colorScheme: 'dark' })
  await report.screenshot({ path: `${pictures}/report-dark.png`, fullPage: true })
  expect(outside).toEqual([`file://${page}`])
  expect(await report.locator('h1').textContent()).toBe('shop/web in us')

  const there = await serve(join(folder, 'there'))
  expect(await there.locator('.message').first().textContent()).toContain('No past rollouts yet')
  await there.keyboard.press('i')
  await there.locator('input[type=file]').setInputFiles(bundle)
  await there.locator('.bundle-facts').waitFor()
  expect(await there.locator('[role=dialog]').textContent()).toContain('Unbroken, 1 entry')
  await there.locator('.dialog-foot .button').last().click()
  await there.locator('.history-list').getByText('web').first().waitFor()
  await there.locator('.record .lanes, .record .replay').first().waitFor()
  await there.screenshot({ path: `${pictures}/there.png` })
  expect(await there.locator('.offline').textContent()).toMatch(/^Offline reviewargosy-web-[\d-]+\.argosy, 1 context/)
  await there.locator('.button', { hasText: 'Go live' }).click()
  await there.getByText('No past rollouts yet').waitFor()
  for (const file of [bundle, page]) {
    const content = readFileSync(file)
    for (const value of Object.values(planted)) expect(content.includes(value)).toBe(false)
  }
  expect(readdirSync(join(folder, 'there')).filter((name) => !name.startsWith('history.db'))).toEqual([])
})
