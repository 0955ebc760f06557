import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { type CliProcess, startArgosy } from '#test/support/cli-process.ts'
import { launchBrowser, openWindow, type WindowPage } from '#test/support/window-page.ts'

/** A machine that does many things at once takes seconds for what takes milliseconds alone. */
const patient = { timeout: 20_000, interval: 100 }

/** One release over three sandbox clusters, from marking its cells to its end. Each test goes on where the one before stopped. */
const folder = mkdtempSync(join(tmpdir(), 'argosy-plan-'))
const kubeconfig = join(folder, 'kubeconfig')
const env = { ARGOSY_DATA: folder }
const clusters = ['harbor-1', 'harbor-2', 'harbor-3']
let sandbox: CliProcess
let served: CliProcess
let browser: Browser
let window: WindowPage

afterAll(async () => {
  await browser?.close()
  await served?.stop()
  await sandbox?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const strip = () => window.page.locator('.plan-strip')
const stripSays = () =>
  expect.poll(async () => (await strip().allInnerTexts()).join(' '), { timeout: 60_000, interval: 200 })
const planSays = () =>
  expect.poll(() => window.page.locator('.plan-title').innerText(), { timeout: 90_000, interval: 200 })
const dialog = () => window.page.getByRole('dialog')

describe('a fleet plan in the window', () => {
  it('there are three clusters and a window', async () => {
    sandbox = startArgosy(['sandbox', '--clusters', '3', '--kubeconfig', kubeconfig, '--engine'], env)
    await expect.poll(() => sandbox.stdout + sandbox.stderr, { timeout: 30_000 }).toContain('kubeconfig written to')
    served = startArgosy(['serve', '--kubeconfig', kubeconfig], env)
    browser = await launchBrowser()
    window = await openWindow(browser, served, 'test-results/fleet-plan')
  })

  it('W2: marked cells become a plan that is checked and foretold by the clusters themselves', async () => {
    await window.page.fill('input[data-filter]', 'ledger')
    for (const cluster of clusters) {
      await window.cellSays('ledger', cluster).toMatch(/Healthy/)
      await window.cell('ledger', cluster).click({ modifiers: ['ControlOrMeta'] })
    }
    await window.page.getByRole('button', { name: 'Plan…' }).click()
    await window.page.getByLabel('Image').fill('registry.harbor.example/ledger:6.4.0')
    await window.page.getByLabel('Bake, each').first().fill('8s')
    await window.page.getByLabel('At a time').nth(1).fill('2')
    await expect
      .poll(() => window.page.locator('.plan-totals').innerText(), patient)
      .toMatch(/6\.4\.0[\s\S]*3 in 2 waves/)
    // A cluster that was not read yet is no fault for long.
    await expect.poll(() => window.page.locator('.plan-fault').count(), { timeout: 20_000 }).toBe(0)
    await window.picture('editor')
  })

  it('UI-ACT-1: starts after its blast radius was shown; the strip tells its waves', async () => {
    await window.page.keyboard.press('Control+Enter')
    await dialog().getByText('Wave 2').waitFor()
    await expect
      .poll(() => dialog().getByRole('button', { name: 'Start plan' }).getAttribute('aria-disabled'), patient)
      .toBeNull()
    await window.page.keyboard.press('Control+Enter')
    await planSays().toContain('Wave 1 of 2')
    await window.goTo('#/fleet')
    await stripSays().toMatch(/Wave 1[\s\S]*Active[\s\S]*Wave 2[\s\S]*Waiting/)
    expect(await window.page.locator('.wave-mark').allInnerTexts()).toEqual(['W1', 'W2', 'W2'])
  })

  it('is held with a reason while the first cluster bakes, and nobody begins', async () => {
    await window.page.keyboard.press('h')
    await dialog().getByRole('textbox', { name: /^Why/ }).fill('lunch')
    await window.page.keyboard.press('Control+Enter')
    await stripSays().toContain('lunch')
    await window.picture('held')
    expect(await window.cell('ledger', 'harbor-2').innerText()).toContain('Healthy')
  })

  it('is released, and goes on to its end', async () => {
    await window.page.keyboard.press('h')
    await dialog().getByRole('textbox').first().fill('back')
    await window.page.keyboard.press('Control+Enter')
    await stripSays().toContain('Wave 2 of 2')
    await window.goTo('#/plans')
    await planSays().toContain('Completed')
    await window.page.getByRole('button', { name: /^Events/ }).click()
    await window.page.locator('.plan-event').first().waitFor()
    expect(await window.page.locator('.plan-event').first().innerText()).toContain('Completed')
    await window.picture('completed')
  })
})
