import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { pageSource, preloadSource, preloadWorld } from './page.ts'
import { plainText } from './plain-text.ts'
import { toAppUrl, toPageUrl } from './urls.ts'

export const windows = new Set<StandInWindow>()

const text = plainText()

interface WindowOptions {
  readonly width?: number
  readonly height?: number
  readonly webPreferences: {
    readonly preload: string
    readonly sandbox: boolean
    readonly contextIsolation: boolean
    readonly nodeIntegration: boolean
  }
}

interface Surroundings {
  readonly context: Promise<BrowserContext>
  readonly ipcMain: EventEmitter & {
    readonly invokable: ReadonlyMap<string, (event: unknown, ...args: unknown[]) => unknown>
  }
  onGone(): void
}

type OpenHandler = (details: { readonly url: string }) => { readonly action: 'allow' | 'deny' }

class StandInWebContents extends EventEmitter {
  readonly #window: StandInWindow
  openHandler: OpenHandler = () => ({ action: 'deny' })
  /** Permissions are asked of the browser, not of us: the handlers are only kept. */
  readonly session = { setPermissionRequestHandler: (): void => {}, setPermissionCheckHandler: (): void => {} }

  constructor(window: StandInWindow) {
    super()
    this.#window = window
  }

  send(name: string, ...args: unknown[]): void {
    void this.#window.toPage({ name, data: text.encode(args) })
  }

  isDestroyed(): boolean {
    return this.#window.isDestroyed()
  }

  getURL(): string {
    return this.#window.url
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler
  }
}

/** A `BrowserWindow` on a Chromium page. Only sandboxed, context-isolated windows exist here. */
export class StandInWindow extends EventEmitter {
  readonly webContents: StandInWebContents
  readonly #surroundings: Surroundings
  readonly #options: WindowOptions
  readonly #opened: Promise<void>
  #page: Page | undefined
  #session: CDPSession | undefined
  #preloadContextId: number | undefined
  #destroyed = false
  #loaded = false
  #focused = true

  constructor(options: WindowOptions, surroundings: Surroundings) {
    super()
    const { sandbox, contextIsolation, nodeIntegration } = options.webPreferences
    if (!sandbox || !contextIsolation || nodeIntegration)
      throw new Error('The stand-in models only sandboxed, context-isolated windows without Node.')
    this.#options = options
    this.#surroundings = surroundings
    this.webContents = new StandInWebContents(this)
    windows.add(this)
    this.#opened = this.#open()
  }

  async loadURL(url: string): Promise<void> {
    await this.#opened
    await this.#page?.goto(toPageUrl(url))
  }

  get url(): string {
    return this.#page === undefined ? '' : toAppUrl(this.#page.url())
  }

  show(): void {
    this.emit('show')
  }

  focus(): void {
    this.#focused = true
    void this.#page?.bringToFront()
  }

  /** As when the person turns to another program. */
  blur(): void {
    this.#focused = false
  }

  isFocused(): boolean {
    return this.#focused
  }

  isMinimized(): boolean {
    return false
  }

  restore(): void {}

  isDestroyed(): boolean {
    return this.#destroyed
  }

  destroy(): void {
    void this.#page?.close()
    this.#gone()
  }

  async toPage(message: object, contextId = this.#preloadContextId): Promise<void> {
    if (this.#destroyed || contextId === undefined) return
    const expression = `argosyFromMain(${JSON.stringify(JSON.stringify(message))})`
    // The page may reload or close while the message is on its way, as in Electron.
    await this.#session?.send('Runtime.evaluate', { expression, contextId, silent: true }).catch(() => undefined)
  }

  async #open(): Promise<void> {
    const context = await this.#surroundings.context
    const blank = context.pages().find((each) => each.url() === 'about:blank')
    const page = windows.size === 1 && blank !== undefined ? blank : await context.newPage()
    const session = await context.newCDPSession(page)
    this.#page = page
    this.#session = session
    await session.send('Page.enable')
    await session.send('Runtime.enable')
    await this.#connectWorlds(session)
    await page.setViewportSize({ width: this.#options.width ?? 800, height: this.#options.height ?? 600 })
    this.#followPage(page, session)
  }

  async #connectWorlds(session: CDPSession): Promise<void> {
    session.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === preloadWorld) this.#preloadContextId = context.id
    })
    await session.send('Runtime.addBinding', { name: 'argosyToMain', executionContextName: preloadWorld })
    session.on('Runtime.bindingCalled', ({ payload, executionContextId }) => this.#receive(payload, executionContextId))
    const channel = `bridge-${randomBytes(8).toString('hex')}`
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: pageSource(channel) })
    const preload = readFileSync(this.#options.webPreferences.preload, 'utf8')
    await session.send('Page.addScriptToEvaluateOnNewDocument', {
      worldName: preloadWorld,
      source: preloadSource(channel, preload),
    })
  }

  #followPage(page: Page, session: CDPSession): void {
    page.on('close', () => this.#gone())
    page.on('popup', (popup) => void popup.close())
    session.on('Page.windowOpen', ({ url }) => this.webContents.openHandler({ url: toAppUrl(url) }))
    page.on('load', () => {
      this.#loaded = true
      this.emit('ready-to-show')
    })
    void page.route('**', (route) => {
      const request = route.request()
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) {
        const url = toAppUrl(request.url())
        if (this.#loaded && this.#isPrevented(url)) return route.abort('aborted')
        this.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false, url })
      }
      return route.fallback()
    })
  }

  #isPrevented(url: string): boolean {
    let prevented = false
    this.webContents.emit('will-navigate', { preventDefault: () => (prevented = true) }, url)
    return prevented
  }

  #receive(payload: string, contextId: number): void {
    const { kind, id, name, args } = JSON.parse(payload) as { kind: string; id: number; name: string; args: string }
    const decoded = text.decode(args) as unknown[]
    const senderFrame = { url: toAppUrl(this.#page?.url() ?? ''), parent: null }
    const event = { sender: this.webContents, senderFrame }
    if (kind === 'send') {
      this.#surroundings.ipcMain.emit(name, event, ...decoded)
      return
    }
    void this.#invoke(name, event, decoded).then((answer) => this.toPage({ id, ...answer }, contextId))
  }

  async #invoke(name: string, event: unknown, args: unknown[]): Promise<{ data: string } | { error: string }> {
    const handler = this.#surroundings.ipcMain.invokable.get(name)
    try {
      if (handler === undefined) throw new Error(`No handler registered for '${name}'`)
      return { data: text.encode(await handler(event, ...args)) }
    } catch (error) {
      return { error: `Error invoking remote method '${name}': ${String(error)}` }
    }
  }

  #gone(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    windows.delete(this)
    this.webContents.emit('destroyed')
    this.emit('closed')
    this.#surroundings.onGone()
  }
}
