import { Menu, nativeImage, Tray } from 'electron'
import { drawMark, type Ink } from './tray-icon.ts'
import type { TrayView } from './tray-view.ts'

interface TrayParts {
  readonly platform: NodeJS.Platform
  /** Brings the window up; at this page when one is given. */
  readonly open: (address?: string) => void
  readonly quit: () => void
}

const brand: Ink = [29, 89, 207]
const black: Ink = [0, 0, 0]

/** The icon among those of the system, with a menu of what waits for a person. Returns how to show another list. */
export function createTray({ platform, open, quit }: TrayParts): (view: TrayView) => void {
  const tray = new Tray(icon(platform))
  // Where a click opens the menu anyway this never comes.
  tray.on('click', () => open())
  let shown = ''
  return (view) => {
    const text = JSON.stringify(view)
    if (text === shown) return
    shown = text
    tray.setToolTip(view.tooltip)
    if (platform === 'darwin') tray.setTitle(view.count === 0 ? '' : String(view.count))
    const { items, more } = view
    const lines = items.map(({ label, address }) => ({ label: plain(label), click: () => open(address) }))
    tray.setContextMenu(
      Menu.buildFromTemplate([
        ...(lines.length === 0 ? [{ label: 'Nothing needs you', enabled: false }] : lines),
        ...(more === undefined ? [] : [{ label: more, click: () => open('#/fleet') }]),
        { type: 'separator' },
        { label: 'Open Argosy', click: () => open() },
        { label: 'Quit Argosy', click: quit },
      ]),
    )
  }
}

/** An ampersand in a menu underlines the next letter; two are one. */
const plain = (label: string): string => label.replaceAll('&', '&&')

function icon(platform: NodeJS.Platform) {
  const ink = platform === 'darwin' ? black : brand
  const image = nativeImage.createFromBitmap(drawMark(16, ink), { width: 16, height: 16 })
  image.addRepresentation({ scaleFactor: 2, width: 32, height: 32, buffer: drawMark(32, ink) })
  // The system colours it as its bar asks.
  if (platform === 'darwin') image.setTemplateImage(true)
  return image
}
