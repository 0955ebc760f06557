import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActionPreview, ActionResult, FleetSnapshot } from '#contract/views.ts'
import { type LaunchedApp, launchApp } from '#test/support/electron-stand-in/launch.ts'

/** A machine that does many things at once takes seconds for what takes milliseconds alone. */
const patient = { timeout: 20_000, interval: 100 }

/** What the application shows beside its window, on clusters of its own. */
const folder = mkdtempSync(join(tmpdir(), 'argosy-desktop-'))
let app: LaunchedApp

beforeAll(async () => {
  app = await launchApp({ main: 'out/main/index.js', args: ['.', '--sandbox'], env: { ARGOSY_USER_DATA: folder } })
  await app.window.getByRole('rowheader').first().waitFor()
})

afterAll(async () => {
  await app?.quit()
  rmSync(folder, { recursive: true, force: true })
})

const trayOf = async (launched: LaunchedApp) => {
  await launched.reported('tray')
  return launched.latest('tray') as { readonly tooltip: string; readonly labels: readonly string[] }
}

const hashOf = ({ window }: LaunchedApp): Promise<string> => window.evaluate(() => location.hash)

/** As soon as there is an update to abort. */
async function abortOne(launched: LaunchedApp) {
  let aborted: Awaited<ReturnType<typeof abortAny>>
  await expect.poll(async () => (aborted = await abortAny(launched)) !== undefined, { timeout: 30_000 }).toBe(true)
  if (aborted === undefined) throw new Error('There is nothing to abort.')
  return aborted
}

/** By the bridge, as another window would: no page of this one is opened for it. */
const abortAny = ({ window: page }: LaunchedApp) =>
  page.evaluate(async () => {
    const ask = async (channel: string, input?: unknown) => {
      const answer = await window.argosy?.call(channel, input)
      if (answer?.ok !== true) throw new Error(`${channel}: ${JSON.stringify(answer)}`)
      return answer.value
    }
    const { rollouts } = (await ask('fleet.snapshot')) as FleetSnapshot
    for (const { key, name, context, kind, actions } of Object.values(rollouts)) {
      if (kind !== undefined || !actions.abort.open) continue
      const about = { action: 'abort', parameters: {} }
      const [preview] = (await ask('action.preview', { ...about, targets: [key] })) as ActionPreview[]
      if (preview?.open !== true) continue
      const target = { key, intent: preview.intent }
      const [result] = (await ask('action.send', { ...about, targets: [target], reason: '' })) as ActionResult[]
      if (result?.sent === true) return { key, name, context }
    }
    return undefined
  })

describe('the desktop around the window', () => {
  it('UI-STAT-6: the tray has what waits for a person, as the window has it, and leads to its page', async () => {
    expect(await app.reported('trayIcon')).toEqual([
      { scaleFactor: 1, bytes: 16 * 16 * 4 },
      { scaleFactor: 2, bytes: 32 * 32 * 4 },
    ])
    const waiting = app.window.locator('.queue-head .badge')
    const numberIn = (text: string | null) => /\d+/.exec(text ?? '')?.[0]
    // The tray comes up to a second later.
    await expect
      .poll(async () => numberIn(await waiting.textContent()) === numberIn((await trayOf(app)).tooltip), {
        timeout: 20_000,
      })
      .toBe(true)
    expect((await trayOf(app)).tooltip).toMatch(/^Argosy: \d+ things? needs? you$/)
    const { labels } = await trayOf(app)
    expect(labels.slice(-3)).toEqual(['separator', 'Open Argosy', 'Quit Argosy'])
    const [first = ''] = labels
    app.chooseInTray(first)
    await expect.poll(() => hashOf(app), patient).toMatch(/^#\/rollout\//)
    expect(first).toContain(decodeURIComponent((await hashOf(app)).split('/').at(-1) ?? ''))
    app.chooseInTray('Open Argosy')
    expect(await hashOf(app)).toMatch(/^#\/rollout\//)
  })

  it('a notification comes when nobody looks, unless they are switched off, and leads to what it tells of', async () => {
    // All along the window was looked at, at what waits.
    expect(app.facts()).not.toContain('notification')
    const bell = app.window.getByRole('button', { name: 'Notifications on this desktop' })
    await bell.click()
    await app.window.reload()
    await expect.poll(() => bell.getAttribute('aria-pressed'), patient).toBe('false')
    app.blur()
    await abortOne(app)
    await new Promise((resolve) => setTimeout(resolve, 5000))
    expect(app.facts()).not.toContain('notification')

    await bell.click()
    const aborted = await abortOne(app)
    const shown = () => (app.latest('notification') ?? { title: '', body: '' }) as { title: string; body: string }
    // As long as a burst is waited for: the demo goes on all the while.
    await expect
      .poll(() => `${shown().title}\n${shown().body}`, { timeout: 40_000 })
      .toContain(`${aborted.name} in ${aborted.context} was aborted`)
    const { title } = shown()
    app.clickNotification()
    await expect.poll(() => hashOf(app), patient).toMatch(title.startsWith(aborted.name) ? aborted.key : /^#\/fleet$/)
    await expect.poll(() => bell.getAttribute('aria-pressed'), patient).toBe('true')
  })

  it('SR-2: a lid that is closed and opened again ends nothing', async () => {
    app.suspend()
    const bell = app.window.getByRole('button', { name: 'Notifications on this desktop' })
    for (const pressed of ['false', 'true']) {
      await bell.click()
      await expect.poll(() => bell.getAttribute('aria-pressed'), patient).toBe(pressed)
    }
    await app.window.reload()
    await expect.poll(() => app.window.locator('.status-bar').textContent(), patient).toMatch(/rollouts/)
    expect(app.process.exitCode).toBeNull()
  })
})
