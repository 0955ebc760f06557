import { EventEmitter } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Route } from 'playwright-core'
import { createDesktop } from './desktop.ts'
import { toAppUrl } from './urls.ts'
import { StandInWindow, windows } from './window.ts'

/** What a test sees and does from outside (launch.ts): facts go out, orders come in. */
const report = (fact: string, data: unknown): void => void process.send?.({ fact, data })

const userData = process.env['ARGOSY_USER_DATA'] ?? mkdtempSync(join(tmpdir(), 'argosy-stand-in-'))
const schemes = new Map<string, (request: Request) => Response | Promise<Response>>()

class App extends EventEmitter {
  readonly isPackaged = process.env['ARGOSY_PACKAGED'] === '1'
  readonly name = 'Argosy'
  #context: Promise<BrowserContext> | undefined
  /** Windows close because of `quit`: `window-all-closed` is not emitted then. */
  #closing = false
  #exiting = false

  async whenReady(): Promise<void> {
    this.#context ??= this.#start()
    await this.#context
  }

  /** The browser behind all windows. */
  get context(): Promise<BrowserContext> {
    if (this.#context === undefined) throw new Error('Cannot create BrowserWindow before app is ready')
    return this.#context
  }

  getPath(name: string): string {
    return name === 'userData' ? userData : join(userData, name)
  }

  getVersion(): string {
    return process.env['npm_package_version'] ?? '0.0.0'
  }

  requestSingleInstanceLock(): boolean {
    return true
  }

  /** As Electron: `before-quit` may prevent it; windows close; `will-quit` may prevent it; the process ends. */
  quit(): void {
    if (this.#exiting || !this.#emitCancellable('before-quit')) return
    this.#closing = true
    for (const window of [...windows]) window.destroy()
    this.#closing = false
    if (!this.#emitCancellable('will-quit')) return
    report('unpreventedQuit', true)
    this.exit(0)
  }

  exit(code = 0): void {
    this.#exiting = true
    void (this.#context ?? Promise.resolve(undefined))
      .then((context) => context?.close())
      .finally(() => process.exit(code))
  }

  windowGone(): void {
    if (windows.size === 0 && !this.#closing && !this.#exiting) this.emit('window-all-closed')
  }

  #emitCancellable(name: string): boolean {
    let prevented = false
    this.emit(name, { preventDefault: () => (prevented = true) })
    return !prevented
  }

  async #start(): Promise<BrowserContext> {
    const port = process.env['ARGOSY_CDP_PORT']
    const context = await chromium.launchPersistentContext(join(userData, 'chromium'), {
      executablePath: process.env['ARGOSY_CHROMIUM'] ?? '/usr/bin/chromium',
      headless: true,
      viewport: null,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--disable-background-networking',
        ...(port === undefined ? [] : [`--remote-debugging-port=${port}`]),
      ],
    })
    // Without its browser an application has nothing left to do; a test that only borrows one goes on.
    if (process.versions['electron'] !== undefined) context.on('close', () => process.exit(this.#exiting ? 0 : 1))
    await context.route('**', answer)
    return context
  }
}

/** Only registered schemes answer; the network does not exist. */
async function answer(route: Route): Promise<void> {
  const request = route.request()
  const url = toAppUrl(request.url())
  const handler = schemes.get(new URL(url).protocol.slice(0, -1))
  if (handler === undefined) return route.abort('blockedbyclient')
  const response = await handler(new Request(url, { method: request.method() }))
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  })
}

class IpcMain extends EventEmitter {
  readonly invokable = new Map<string, (event: unknown, ...args: unknown[]) => unknown>()

  handle(name: string, handler: (event: unknown, ...args: unknown[]) => unknown): void {
    if (this.invokable.has(name)) throw new Error(`Attempted to register a second handler for '${name}'`)
    this.invokable.set(name, handler)
  }

  removeHandler(name: string): void {
    this.invokable.delete(name)
  }
}

export const app = new App()
export const ipcMain = new IpcMain()

export class BrowserWindow extends StandInWindow {
  static getAllWindows(): readonly StandInWindow[] {
    return [...windows]
  }

  static getFocusedWindow(): StandInWindow | null {
    return [...windows].find((each) => each.isFocused()) ?? null
  }

  constructor(options: ConstructorParameters<typeof StandInWindow>[0]) {
    super(options, { context: app.context, ipcMain, onGone: () => app.windowGone() })
  }
}

export const protocol = {
  registerSchemesAsPrivileged: (): void => {},
  handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>): void => {
    schemes.set(scheme, handler)
  },
}

export const shell = {
  openExternal: async (url: string): Promise<void> => report('openExternal', url),
}

/** The machine goes to sleep, and wakes. */
export const powerMonitor = new EventEmitter()

const desktop = createDesktop(report)
export const { Tray, Notification, nativeImage } = desktop

export const Menu = {
  buildFromTemplate: (template: readonly unknown[]): readonly unknown[] => template,
  setApplicationMenu: (menu: readonly unknown[]): void => report('menu', menu.length),
}

export const dialog = {
  showErrorBox: (title: string, content: string): void => report('errorBox', { title, content }),
  /** The person saves where the test says, or not at all. */
  showSaveDialog: async (...given: readonly unknown[]) => {
    report('saveDialog', given.at(-1))
    const filePath = process.env['ARGOSY_SAVE_TO'] ?? ''
    return { canceled: filePath === '', filePath }
  },
}

process.on('message', (message) => {
  const { order, label = '' } = message as { readonly order: string; readonly label?: string }
  if (order === 'quit') app.quit()
  if (order === 'chooseInTray') desktop.chooseInTray(label)
  if (order === 'clickNotification') desktop.clickNotification()
  if (order === 'suspend') powerMonitor.emit('suspend')
  if (order === 'blur') for (const window of windows) window.blur()
})
