import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActionPreview, ActionResult, FleetSnapshot } from '#contract/views.ts'
import { type LaunchedApp, launchApp } from '#test/support/electron-stand-in/launch.ts'

/** The application as built, started as a person starts it, on clusters of its own. One window, test after test. */
const pictures = 'test-results/electron'
const folder = mkdtempSync(join(tmpdir(), 'argosy-electron-'))
let app: LaunchedApp

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  app = await launchApp({ main: 'out/main/index.js', args: ['.', '--sandbox'], env: { ARGOSY_USER_DATA: folder } })
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

/** By the bridge, as another window would: no page of this one is opened for it. */
async function abortOne({ window: page }: LaunchedApp) {
  const aborted = await page.evaluate(async () => {
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
  if (aborted === undefined) throw new Error('There is nothing to abort.')
  return aborted
}

describe('the window of the application', () => {
  it('shows the fleet, live, with nothing wrong on its console', async () => {
    const troubles: string[] = []
    app.window.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text())
    })
    app.window.on('pageerror', (error) => troubles.push(error.message))
    await app.window.getByRole('grid').waitFor()
    await app.window.getByRole('rowheader').first().waitFor()
    for (const colorScheme of ['dark', 'light'] as const) {
      await app.window.emulateMedia({ colorScheme })
      await app.window.screenshot({ path: `${pictures}/fleet-${colorScheme}.png`, animations: 'disabled' })
    }
    expect(troubles).toEqual([])
  })

  it('has no Node, and of Argosy two functions that nobody can change', async () => {
    const seen = await app.window.evaluate(() => ({
      node: ['require', 'process', 'Buffer', 'module', 'electron'].filter((name) => name in window),
      argosy: Object.keys(window.argosy ?? {}),
      frozen: Object.isFrozen(window.argosy),
      secure: isSecureContext,
    }))
    expect(seen).toEqual({ node: [], argosy: ['call', 'subscribe'], frozen: true, secure: true })
  })

  it('runs no script and reaches no address but its own', async () => {
    const seen = await app.window.evaluate(async () => {
      const violated = new Set<string>()
      addEventListener('securitypolicyviolation', ({ effectiveDirective }) => violated.add(effectiveDirective))
      const reached = (url: string) =>
        fetch(url).then(
          () => true,
          () => false,
        )
      const script = Object.assign(document.createElement('script'), { textContent: 'window.injected = true' })
      const frame = Object.assign(document.createElement('iframe'), { src: 'https://example.invalid/' })
      document.body.append(script, frame)
      const [elsewhere, ownFiles] = await Promise.all([reached('https://example.invalid/'), reached('/index.html')])
      // Violations are told in a task of their own.
      for (let turn = 0; turn < 200 && violated.size < 3; turn++)
        await new Promise((resolve) => setTimeout(resolve, 10))
      script.remove()
      frame.remove()
      return { injected: 'injected' in window, elsewhere, ownFiles, violated: [...violated].toSorted() }
    })
    expect(seen).toEqual({
      injected: false,
      elsewhere: false,
      ownFiles: false,
      violated: ['connect-src', 'frame-src', 'script-src-elem'],
    })
  })

  it('stays where it is, and hands links to the browser of the person, if they are safe', async () => {
    const before = app.window.url()
    await app.window.evaluate(() => void window.open('file:///etc/passwd'))
    await app.window.evaluate(() => void window.open('https://argo-rollouts.readthedocs.io/'))
    expect(await app.reported('openExternal')).toBe('https://argo-rollouts.readthedocs.io/')
    await app.window.evaluate(() => {
      location.href = 'https://example.invalid/'
    })
    await app.window.getByRole('grid').waitFor()
    expect(app.window.url()).toBe(before)
    await expect.poll(() => app.window.context().pages()).toHaveLength(1)
  })

  it.each([
    ['a channel it does not have', 'cluster.delete', undefined],
    ['a channel every object has', '__proto__', undefined],
    ['no input where one is needed', 'action.send', undefined],
    ['a text where an object is needed', 'action.preview', 'promote'],
    ['a key without its parts', 'rollout.detail', { key: 'x' }],
    ['a path that is no text', 'kubeconfig.add', { path: 7 }],
  ])('answers %s with a failure, and goes on', async (_what, channel, input) => {
    const answer = await app.window.evaluate(([name, value]) => window.argosy?.call(name as string, value), [
      channel,
      input,
    ] as const)
    expect(answer).toMatchObject({ ok: false, error: { message: expect.stringMatching(/\w/) } })
    const info = await app.window.evaluate(() => window.argosy?.call('app.info', undefined))
    expect(info).toMatchObject({ ok: true, value: { host: 'electron', sandbox: true } })
  })

  it('comes back after a reload', async () => {
    await app.window.reload()
    await app.window.getByRole('rowheader').first().waitFor()
    expect(await app.window.getByRole('rowheader').count()).toBeGreaterThan(5)
  })

  it('UI-STAT-6: the tray has what waits for a person, as the window has it, and leads to its page', async () => {
    expect(await app.reported('trayIcon')).toEqual([
      { scaleFactor: 1, bytes: 16 * 16 * 4 },
      { scaleFactor: 2, bytes: 32 * 32 * 4 },
    ])
    const waiting = app.window.locator('.queue-head .badge')
    await expect
      .poll(async () => (await trayOf(app)).tooltip, { timeout: 20_000 })
      .toMatch(new RegExp(`^Argosy: ${await waiting.textContent()} things? needs? you$`))
    const { labels } = await trayOf(app)
    expect(labels.slice(-3)).toEqual(['separator', 'Open Argosy', 'Quit Argosy'])
    const [first = ''] = labels
    app.chooseInTray(first)
    await expect.poll(() => hashOf(app)).toMatch(/^#\/rollout\//)
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
    await expect.poll(() => bell.getAttribute('aria-pressed')).toBe('false')
    app.blur()
    await abortOne(app)
    await new Promise((resolve) => setTimeout(resolve, 5000))
    expect(app.facts()).not.toContain('notification')

    await bell.click()
    const aborted = await abortOne(app)
    const { title, body } = (await app.reported('notification')) as { readonly title: string; readonly body: string }
    expect(`${title}\n${body}`).toMatch(new RegExp(`${aborted.name} in ${aborted.context} was aborted`))
    app.clickNotification()
    await expect.poll(() => hashOf(app)).toMatch(title.startsWith(aborted.name) ? aborted.key : /^#\/fleet$/)
    await expect.poll(() => bell.getAttribute('aria-pressed')).toBe('true')
  })

  it('quits in order: leases given back, history closed, exit code 0', async () => {
    expect(await app.quit()).toBe(0)
    expect(app.facts()).not.toContain('unpreventedQuit')
    const lines = app.output().split('\n')
    expect(lines.filter((line) => /"level":"(warn|error)"/.test(line))).toEqual([])
    expect(lines.filter((line) => /"engine stopped".*"released":true/.test(line))).toHaveLength(3)
  })
})
