import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/**
 * One evening of an SRE, in order: three sandbox clusters driven by an engine of their own, a window that watches and acts, and
 * in the end only the history. Each test goes on where the one before stopped.
 */
const pictures = 'test-results/fleet'
const folder = mkdtempSync(join(tmpdir(), 'argosy-e2e-'))
const kubeconfig = join(folder, 'kubeconfig')
let sandbox: ChildProcess
let window: ChildProcess
let browser: Browser
let page: Page

/** Starts the built command line and waits for a line of its output. */
async function start(args: readonly string[], until: RegExp): Promise<{ child: ChildProcess; line: string }> {
  const env = { ...process.env, ARGOSY_DATA: folder }
  const child = spawn(process.execPath, ['out/main/cli.js', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (output += data.toString()))
  while (!until.test(output) && child.exitCode === null) await once(child.stdout ?? child, 'data')
  return { child, line: until.exec(output)?.[0] ?? '' }
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

const cell = (application: string, cluster: string) =>
  page.getByRole('gridcell', { name: new RegExp(`^${application}, ${cluster}:`) })

const nameOf = async (application: string, cluster: string): Promise<string> =>
  (await cell(application, cluster).getAttribute('aria-label')) ?? (await cell(application, cluster).innerText())

const says = (application: string, cluster: string) =>
  expect.poll(() => nameOf(application, cluster), { timeout: 60_000, interval: 250 })

async function picture(name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: `${pictures}/${name}-${colorScheme}.png`, animations: 'disabled' })
  }
}

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  const clusters = await start(
    ['sandbox', '--clusters', '3', '--kubeconfig', kubeconfig, '--engine'],
    /kubeconfig written to/,
  )
  sandbox = clusters.child
  const served = await start(['serve', '--kubeconfig', kubeconfig], /http:\S+/)
  window = served.child
  browser = await chromium.launch({
    executablePath: process.env['ARGOSY_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  await page.goto(served.line)
})

afterAll(async () => {
  await browser?.close()
  await Promise.all([stop(window), stop(sandbox)])
  rmSync(folder, { recursive: true, force: true })
})

describe('an update through three clusters', () => {
  it('shows every cluster, who drives it, and a canary whose weight moves', async () => {
    for (const cluster of ['harbor-1', 'harbor-2', 'harbor-3'])
      await page.getByRole('columnheader', { name: new RegExp(cluster) }).waitFor({ timeout: 30_000 })
    const weights = new Set<string>()
    await expect
      .poll(
        async () => {
          const found = /(\d+)%/.exec(await nameOf('checkout-api', 'harbor-1'))
          if (found?.[1] !== undefined) weights.add(found[1])
          return weights.size
        },
        { timeout: 60_000, interval: 250 },
      )
      .toBeGreaterThanOrEqual(3)
  })

  it('promotes in one cluster, with five seconds to take it back', async () => {
    await says('search-index', 'harbor-1').toMatch(/Paused.*3 of 6 steps done/)
    await picture('fleet')
    await cell('search-index', 'harbor-1').click()
    await page.keyboard.press('p')
    await says('search-index', 'harbor-1').not.toMatch(/3 of 6 steps done/)
  })

  it('aborts in another, on confirmation and with a reason', async () => {
    await says('search-index', 'harbor-2').toMatch(/Paused/)
    await cell('search-index', 'harbor-2').click()
    await page.keyboard.press('a')
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    await dialog.getByText(/^Aborted\. Its pods are gone by/).waitFor()
    await dialog.getByRole('textbox').last().fill('error rate of the new index')
    await picture('abort')
    await page.keyboard.press('Control+Enter')
    await says('search-index', 'harbor-2').toMatch(/Aborted/)
    await page.keyboard.press('Escape')
  })

  it('W13, W15: says what happens next, when it is done, and where promoting it would lead', async () => {
    await says('search-index', 'harbor-3').toMatch(/Paused/)
    const origin = new URL(page.url()).origin
    await page.goto(`${origin}/#/rollout/harbor-3/shop/search-index`)
    const forecast = page.locator('.rollout-side .forecast')
    await forecast.getByText('Waits for a person. Nothing happens by itself.').waitFor()
    await forecast.getByText('If promoted now').waitFor()
    await forecast.getByText(/^waiting \d/).waitFor()
    await picture('forecast-waits')
    await page.goto(`${origin}/#/rollout/harbor-3/shop/storefront-web`)
    await forecast.getByText(/at the earliest|Done about/).waitFor({ timeout: 60_000 })
    await forecast.getByRole('button', { name: /^Next writes/ }).click()
    await forecast.locator('.next-writes summary').first().click()
    await forecast
      .getByText(/^[A-Z]+-\d+$/)
      .first()
      .waitFor()
    await picture('forecast')
    await page.goto(`${origin}/#/fleet`)
  })

  it('ANA-1115: shows a version that its own measurements rolled back, and why', async () => {
    const origin = new URL(page.url()).origin
    await says('fraud-scoring', 'harbor-1').toMatch(/Aborted/)
    await page.goto(`${origin}/#/rollout/harbor-1/payments/fraud-scoring`)
    const panel = page.locator('section', { has: page.getByRole('heading', { name: /^Analysis/ }) })
    await panel.getByText(/^0\.\d+, has to be ≥ 0\.92: 1 failed, 0 allowed$/).waitFor()
    await picture('self-rollback')
    await page.keyboard.press('m')
    await page.getByRole('heading', { name: 'Analysis failed' }).waitFor()
    await page.getByRole('cell', { name: /^0\.\d+, has to be ≥ 0\.92$/ }).waitFor()
    await picture('self-rollback-measured')
    await page.goto(`${origin}/#/fleet`)
  })

  it('promotes several at once', async () => {
    await says('search-index', 'harbor-3').toMatch(/Paused/)
    await says('payments-gw', 'harbor-1').toMatch(/Paused/)
    await cell('search-index', 'harbor-3').click({ modifiers: ['ControlOrMeta'] })
    await cell('payments-gw', 'harbor-1').click({ modifiers: ['ControlOrMeta'] })
    await page.keyboard.press('p')
    await page.getByRole('dialog').waitFor()
    await picture('promote-several')
    await page.keyboard.press('Control+Enter')
    await says('search-index', 'harbor-3').not.toMatch(/Paused.*3 of 6/)
    await says('payments-gw', 'harbor-1').toMatch(/Healthy/)
    await page.keyboard.press('Escape')
  })

  it('shows one rollout, and the difference of two of its revisions', async () => {
    await page.goto(`${new URL(page.url()).origin}/#/rollout/harbor-2/shop/search-index`)
    await page.getByRole('heading', { name: 'search-index' }).waitFor()
    await page.getByText('1.20.0').first().waitFor()
    await picture('rollout')
    await page.goto(`${new URL(page.url()).origin}/#/diff/harbor-2/shop/search-index?left=1&right=2`)
    await expect.poll(() => page.getByText('search-index:1.20.0').count(), { timeout: 30_000 }).toBeGreaterThan(0)
    await picture('diff')
  })

  it('ACT-15: lists what was written, and a browser saves the record', async () => {
    await page.goto(`${new URL(page.url()).origin}/#/history`)
    await page.getByRole('button', { name: 'Writes' }).click()
    await page.locator('.write').first().waitFor()
    await page.locator('.write-toggle').first().click()
    await page.locator('.write-body pre').waitFor()
    await picture('writes')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export…' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^argosy-record-[\d-]{10}\.jsonl$/)
    const saved = join(folder, 'record.jsonl')
    await download.saveAs(saved)
    const lines = readFileSync(saved, 'utf8').trimEnd().split('\n')
    const records = new Set(lines.map((line) => (JSON.parse(line) as { readonly record: string }).record))
    expect(records).toEqual(new Set(['action', 'write']))
    await page.getByRole('button', { name: 'Rollouts' }).click()
  })

  it('keeps the history readable once every cluster is gone', async () => {
    await stop(sandbox)
    await page.goto(`${new URL(page.url()).origin}/#/history`)
    await page.getByText('search-index', { exact: false }).first().waitFor()
    await page
      .locator('.history-entry', { hasText: /search-index.*Aborted/s })
      .first()
      .click()
    await page.getByText('error rate of the new index').first().waitFor()
    await picture('history')
    await page.goto(`${new URL(page.url()).origin}/#/fleet`)
    await page
      .getByText(/unreachable/i)
      .first()
      .waitFor({ timeout: 60_000 })
    await says('ledger', 'harbor-1').toMatch(/Healthy/)
    await picture('fleet-unreachable')
  })

  it('W9: shows a rollout and the board as they were, with every cluster gone', async () => {
    const origin = new URL(page.url()).origin
    await page.goto(`${origin}/#/rollout/harbor-2/shop/search-index?at=${new Date().toISOString()}`)
    const facts = page.locator('.past-pane .facts')
    await facts.getByText('Aborted').waitFor({ timeout: 30_000 })
    await page.locator('.axis .mark.person').first().waitFor()
    for (let back = 0; back < 40 && !/Paused/.test(await facts.innerText()); back++)
      await page.keyboard.press('Shift+ArrowLeft')
    expect(await facts.innerText()).toMatch(/Paused[\s\S]*3 of 6/)
    expect(await page.locator('.past .actions').count()).toBe(0)
    await page.keyboard.press('c')
    await page.keyboard.press('End')
    await page.locator('.past-pane + .past-pane').getByText('Aborted').first().waitFor()
    await picture('past')
    const aMinuteAgo = new Date(Date.now() - 30_000).toISOString()
    await page.goto(`${origin}/#/fleet?at=${aMinuteAgo}`)
    await page.locator('.past-pane [role=gridcell]', { hasText: 'Aborted' }).first().waitFor({ timeout: 30_000 })
    await picture('past-board')
  })
})
