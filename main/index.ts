import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { app, type BrowserWindow, dialog, powerMonitor } from 'electron'
import { NoticeBatches } from './app/notice-batches.ts'
import { type Argosy, createArgosy } from './app.ts'
import { serveElectron } from './ipc/electron-host.ts'
import { createLog } from './log.ts'
import { systemClock } from './system-clock.ts'
import { isAppPage, registerAppScheme, serveAppScheme } from './window/app-protocol.ts'
import { askWhere } from './window/ask-where.ts'
import { setMenu } from './window/menu.ts'
import { addressOf, goTo, openWindow } from './window/open-window.ts'
import { showOnDesktop } from './window/show-on-desktop.ts'
import { createTray } from './window/tray.ts'
import { isShownAt, trayView } from './window/tray-view.ts'

/** The Electron host: one process, one window, the same composition as `argosy serve`. */

const out = fileURLToPath(new URL('..', import.meta.url))
const log = createLog({ write: (line) => process.stderr.write(line), level: 'info', now: () => systemClock.now() })

/** Handing leases back may take a few requests; a quit never waits longer. */
const quitTimeoutMs = 5000
/** Two crashes of the window within this are a loop. */
const crashLoopMs = 10_000

process.on('uncaughtException', (error) => log('error', 'bug', { error }))
process.on('unhandledRejection', (error) => log('error', 'bug', { error }))

registerAppScheme()
if (app.requestSingleInstanceLock()) void start()
else app.quit()

async function start(): Promise<void> {
  try {
    await app.whenReady()
    const argosy = await compose()
    serveAppScheme(join(out, 'renderer'))
    serveElectron(argosy.dispatcher, isAppPage)
    setMenu(process.platform)
    const window = keepOneWindow((address) => revived(openWindow(join(out, 'preload/index.cjs'), address)))
    tellOnDesktop(argosy, window)
    powerMonitor.on('suspend', () => void argosy.park())
    quitInOrder(argosy)
  } catch (error) {
    log('error', 'start', { error })
    dialog.showErrorBox('Argosy could not start', error instanceof Error ? error.message : String(error))
    app.exit(1)
  }
}

async function compose(): Promise<Argosy> {
  const { values } = parseArgs({
    args: process.argv.slice(app.isPackaged ? 1 : 2),
    options: { sandbox: { type: 'boolean' }, kubeconfig: { type: 'string', multiple: true } },
    strict: false,
  })
  return createArgosy({
    host: 'electron',
    sandbox: values.sandbox === true,
    kubeconfigPaths: (values.kubeconfig ?? []).filter((path) => typeof path === 'string'),
    dataFolder: app.getPath('userData'),
    clock: systemClock,
    log,
    desktop: (title, body) => showOnDesktop(title, body),
    saveAs: askWhere,
  })
}

/** A page that crashed is loaded again; one that crashes at once is left, so that it cannot go round and round. */
function revived(window: BrowserWindow): BrowserWindow {
  let loadedAt = systemClock.now()
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    log('error', 'the window crashed', { reason, exitCode })
    if (reason === 'clean-exit' || systemClock.now() - loadedAt < crashLoopMs) return
    loadedAt = systemClock.now()
    window.reload()
  })
  return window
}

interface OneWindow {
  /** Brings it up, at this page when one is given. */
  readonly show: (address?: string) => void
  /** Whether a person looks at what is told of this page. */
  readonly isShowing: (address: string) => boolean
}

/** A second start, or a click in the dock, brings the window back instead of opening another. */
function keepOneWindow(open: (address?: string) => BrowserWindow): OneWindow {
  let window = open()
  const show = (address?: string): void => {
    if (window.isDestroyed()) window = open(address)
    else if (address !== undefined) goTo(window, address)
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }
  app.on('second-instance', () => show())
  app.on('activate', () => show())
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  return {
    show,
    isShowing: (address) => !window.isDestroyed() && window.isFocused() && isShownAt(addressOf(window), address),
  }
}

/** What asks for a person, beside the window: in the tray, and as notifications of what has happened. */
function tellOnDesktop(argosy: Argosy, window: OneWindow): void {
  const showInTray = createTray({ platform: process.platform, open: window.show, quit: () => app.quit() })
  const batches = new NoticeBatches({
    clock: systemClock,
    show: ({ title, body, address }) => {
      if (argosy.notifies) showOnDesktop(title, body, () => window.show(address))
    },
  })
  const end = argosy.onAttention(({ entries, happenings }) => {
    showInTray(trayView(entries))
    if (argosy.notifies) batches.add(happenings.filter(({ address }) => !window.isShowing(address)))
  })
  app.once('will-quit', () => {
    end()
    batches.clear()
  })
}

/** Gives leases back and closes the history before the process ends. */
function quitInOrder(argosy: Argosy): void {
  let stopping = false
  app.on('will-quit', (event) => {
    // Whoever asks again while leases are given back must not cut that short; `exit` below asks nobody.
    event.preventDefault()
    if (stopping) return
    stopping = true
    const patience = new Promise<string>((resolve) => void setTimeout(resolve, quitTimeoutMs, 'took too long'))
    void Promise.race([argosy.stop(), patience])
      .then((late) => late === undefined || log('warn', 'quit without giving everything back', { why: late }))
      .catch((error: unknown) => log('error', 'quit without giving everything back', { error }))
      .finally(() => app.exit(0))
  })
}
