import { EventEmitter } from 'node:events'

/** What a test sees: facts go out. */
type Report = (fact: string, data: unknown) => void

interface MenuLine {
  readonly label?: string
  readonly type?: string
  readonly enabled?: boolean
  readonly click?: () => void
}

/** Tray and notifications: what they show goes to the test, which clicks from outside. */
export function createDesktop(report: Report) {
  let menu: readonly MenuLine[] = []
  const notifications: EventEmitter[] = []

  class Image {
    readonly #representations: { readonly scaleFactor: number; readonly bytes: number }[]

    constructor(pixels: Buffer) {
      this.#representations = [{ scaleFactor: 1, bytes: pixels.length }]
    }

    addRepresentation({ scaleFactor, buffer }: { readonly scaleFactor: number; readonly buffer: Buffer }): void {
      this.#representations.push({ scaleFactor, bytes: buffer.length })
    }

    setTemplateImage(): void {}

    toJSON(): unknown {
      return this.#representations
    }
  }

  class Tray extends EventEmitter {
    #tooltip = ''
    #title = ''

    constructor(image: Image) {
      super()
      report('trayIcon', image)
    }

    setToolTip(tooltip: string): void {
      this.#tooltip = tooltip
    }

    setTitle(title: string): void {
      this.#title = title
    }

    setContextMenu(lines: readonly MenuLine[]): void {
      menu = lines
      const labels = lines.map(({ label, type }) => label ?? type)
      report('tray', { tooltip: this.#tooltip, title: this.#title, labels })
    }
  }

  class Notification extends EventEmitter {
    readonly #options: { readonly title: string; readonly body: string }

    constructor(options: { readonly title: string; readonly body: string }) {
      super()
      this.#options = options
    }

    static isSupported(): boolean {
      return true
    }

    show(): void {
      notifications.push(this)
      report('notification', this.#options)
    }
  }

  return {
    Tray,
    Notification,
    nativeImage: {
      createFromBitmap(pixels: Buffer, { width, height }: { readonly width: number; readonly height: number }): Image {
        if (pixels.length !== width * height * 4) throw new Error('invalid buffer size')
        return new Image(pixels)
      },
    },
    chooseInTray(label: string): void {
      const line = menu.find((each) => each.label === label && each.enabled !== false)
      if (line?.click === undefined) throw new Error(`The tray has no line ${label} that can be chosen.`)
      line.click()
    },
    /** The last one. */
    clickNotification: (): void => void notifications.at(-1)?.emit('click'),
  }
}
