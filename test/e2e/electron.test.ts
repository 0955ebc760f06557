import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LaunchedApp, launchApp } from '#test/support/electron-stand-in/launch.ts'

/** The application as built, started as a person starts it, on clusters of its own. One window, test after test. */
const pictures = 'test-results/electron'
/** A machine that does many things at once takes seconds for what takes milliseconds alone. */
const patient = { timeout: 20_000, interval: 100 }

const folder = mkdtempSync(join(tmpdir(), 'argosy-electron-'))
const saved = join(folder, 'record.jsonl')
let app: LaunchedApp

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  app = await launchApp({
    main: 'out/main/index.js',
    args: ['.', '--sandbox'],
    env: { ARGOSY_USER_DATA: folder, ARGOSY_SAVE_TO: saved },
  })
})

afterAll(async () => {
  await app?.quit()
  rmSync(folder, { recursive: true, force: true })
})

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
    await expect.poll(() => app.window.context().pages(), patient).toHaveLength(1)
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

  it('ACT-15: saves the record where the person says', async () => {
    await app.window.evaluate(() => location.assign('#/history'))
    await app.window.getByRole('button', { name: 'Writes' }).click()
    await app.window.locator('.write').first().waitFor()
    await app.window.getByRole('button', { name: 'Export…' }).click()
    expect(await app.reported('saveDialog')).toMatchObject({
      defaultPath: expect.stringMatching(/argosy-record-[\d-]{10}\.jsonl$/),
    })
    await app.window.getByText(saved).waitFor()
    expect(readFileSync(saved, 'utf8')).toMatch(/^\{"record":"(action|write)"/)
  })

  it('quits in order: leases given back, history closed, exit code 0', async () => {
    expect(await app.quit()).toBe(0)
    expect(app.facts()).not.toContain('unpreventedQuit')
    const lines = app.output().split('\n')
    expect(lines.filter((line) => /"level":"(warn|error)"/.test(line))).toEqual([])
    expect(lines.filter((line) => /"engine stopped".*"released":true/.test(line))).toHaveLength(3)
  })
})
