import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import type { Scene } from './fixture-bridge.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The moment all fixture pages are set in. */
export const fixtureNow = Date.parse('2026-11-24T14:14:32Z')

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The policy the window runs under in Electron. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'"

/** Long enough for a slow machine; everything shown comes from the page's own memory. */
const timeoutMs = 30_000

export interface WindowLook {
  readonly scene: Scene
  /** Hash address, `#/fleet` and so on. */
  readonly at?: string
  /** `system`: that of the page's media. */
  readonly theme?: 'light' | 'dark' | 'system'
  readonly locale?: 'en' | 'zh-CN'
  readonly width?: number
  readonly height?: number
  /** True: the clock of the page runs; else it stands at `fixtureNow`. */
  readonly clockRuns?: boolean
}

export interface FixtureWindow {
  readonly page: Page
  readonly errors: readonly string[]
}

export interface FixtureWindows {
  /** A window of the built renderer over a fixture bridge, and whatever it reports as an error. */
  open(look: WindowLook): Promise<FixtureWindow>
  close(): Promise<void>
}

/** Serves out/renderer on loopback and opens pages of it in the Chromium of this machine. */
export async function startFixtureWindows(): Promise<FixtureWindows> {
  const [server, browser] = await Promise.all([
    bundleFixturePage().then(serveRenderer),
    chromium.launch({
      executablePath: process.env['ARGOSY_CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    }),
  ])
  // One for all: what a page has loaded and compiled the next one has.
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  return {
    open: (look) => openWindow(context, server.url, look),
    close: async () => {
      await browser.close()
      await server.close()
    },
  }
}

async function openWindow(context: BrowserContext, url: string, look: WindowLook): Promise<FixtureWindow> {
  const errors: string[] = []
  const { scene, at = '#/fleet', theme = 'light', locale = 'en', width = 1440, height = 900, clockRuns } = look
  const page = await context.newPage()
  await page.setViewportSize({ width, height })
  page.setDefaultTimeout(timeoutMs)
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  if (clockRuns !== true) await page.clock.setFixedTime(fixtureNow)
  const now = clockRuns === true ? 'Date.now()' : String(fixtureNow)
  const preferences = JSON.stringify(JSON.stringify({ theme, locale }))
  await page.addInitScript(`window.fixture = { scene: ${JSON.stringify(scene)}, now: ${now} }
// What the page before has kept is not its own.
if (sessionStorage.getItem('opened') === null) localStorage.clear()
sessionStorage.setItem('opened', 'true')
localStorage.setItem('argosy.preferences', ${preferences})`)
  await page.goto(url + at)
  await page.waitForSelector('.window')
  return { page, errors }
}

async function bundleFixturePage(): Promise<string> {
  const result = await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: join(root, 'test/support/fixture-page.ts'), output: { format: 'iife' } },
    },
  })
  const [first] = Array.isArray(result) ? result : [result]
  const chunk = first !== undefined && 'output' in first ? first.output[0] : undefined
  if (chunk?.type !== 'chunk') throw new Error('the fixture page did not build')
  return chunk.code
}

/** With the fixture before what the renderer loads. */
async function serveRenderer(fixture: string) {
  const folder = join(root, 'out/renderer')
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const file = normalize(join(folder, path === '/' ? 'index.html' : path))
    const isPage = extname(file) === '.html'
    const found = path === '/fixture.js' ? Promise.resolve(fixture) : readOf(folder, file)
    found.then(
      (text) => {
        const content = isPage ? text.replace('<head>', '<head><script src="/fixture.js"></script>') : text
        response.setHeader('Cache-Control', isPage ? 'no-store' : 'max-age=3600')
        response.setHeader('Content-Type', contentTypes[extname(file)] ?? 'application/octet-stream')
        response.setHeader('Content-Security-Policy', policy)
        response.end(content)
      },
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise<void>((closed) => void server.close(() => closed())),
  }
}

const readOf = (folder: string, file: string): Promise<string> =>
  file.startsWith(folder + sep) ? readFile(file, 'utf8') : Promise.reject(new Error('outside'))
