import { BrowserWindow, shell } from 'electron'
import { appOrigin, isAppPage } from './app-protocol.ts'

/** Where links of the window may lead: to the person's browser, over TLS. */
const isSafeLink = (url: string): boolean => URL.canParse(url) && new URL(url).protocol === 'https:'

const pageAt = (address: string): string => `${appOrigin}/${address}`

/** Goes to another page of the window, as a link in it would. */
export function goTo(window: BrowserWindow, address: string): void {
  // The same address again would load the page anew.
  if (addressOf(window) === address) return
  // A window that has just gone needs nothing.
  window.loadURL(pageAt(address)).catch(() => undefined)
}

/** The page that the window shows, `''` for the first. */
export function addressOf({ webContents }: BrowserWindow): string {
  const url = webContents.getURL()
  return URL.canParse(url) ? new URL(url).hash : ''
}

/**
 * The one window: sandboxed, isolated, without Node. It cannot navigate away from the app, cannot open windows, and gets no
 * permission (camera, notifications, …). It is shown once it has something to show.
 *
 * @param address of the page in it, `#/fleet`
 */
export function openWindow(preload: string, address = ''): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Argosy',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  })
  const { webContents } = window
  webContents.setWindowOpenHandler(({ url }) => {
    if (isSafeLink(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
  webContents.on('will-navigate', (event, url) => {
    if (!isAppPage(url)) event.preventDefault()
  })
  webContents.on('will-attach-webview', (event) => event.preventDefault())
  webContents.session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  webContents.session.setPermissionCheckHandler(() => false)
  window.once('ready-to-show', () => window.show())
  // A window that cannot load is better seen, with Chromium's own words in it, than waited for.
  window.loadURL(pageAt(address)).catch(() => window.show())
  return window
}
