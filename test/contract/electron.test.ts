import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ElectronTransport } from '#contract/bridge.ts'
import { serveElectron } from '#main/ipc/electron-host.ts'
import type { Dispatcher } from '#main/ipc/serve.ts'
import { createElectronBridge } from '#renderer/store/electron-bridge.ts'
import { app, BrowserWindow, ipcMain, protocol } from '#test/support/electron-stand-in/electron.ts'
import { describeContract } from './contract-suite.ts'

// The host itself, and the preload script as built, with a real page at the other end.
vi.mock('electron', () => import('#test/support/electron-stand-in/electron.ts'))

const isOurs = (url: string): boolean => url.startsWith('app://argosy/')
const webPreferences = {
  preload: 'out/preload/index.cjs',
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
}

beforeAll(async () => {
  await app.whenReady()
  protocol.handle(
    'app',
    () => new Response('<!doctype html><title>Argosy</title>', { headers: { 'Content-Type': 'text/html' } }),
  )
})

afterAll(async () => {
  await (await app.context).close()
})

async function openPage(dispatcher: Dispatcher, url = 'app://argosy/') {
  const stop = serveElectron(dispatcher, isOurs)
  const window = new BrowserWindow({ webPreferences })
  await window.loadURL(url)
  const page = (await app.context).pages().at(-1)
  if (page === undefined) throw new Error('no page')
  const close = async () => {
    stop()
    window.destroy()
  }
  return { page, close }
}

/** What the preload script gave the page, used from here. */
function transportOf(page: Page): ElectronTransport {
  let count = 0
  return {
    call: (channel, input) =>
      page.evaluate(([name, value]) => window.argosy?.call(name as string, value) as never, [channel, input] as const),
    subscribe(stream, topic, listener) {
      const name = `heard${++count}`
      const open = page.exposeFunction(name, listener).then(() =>
        page.evaluateHandle(
          ([of, about, tell]) => {
            const heard = (message: unknown) =>
              (window as unknown as Record<string, (m: unknown) => void>)[tell]?.(message)
            return { end: window.argosy?.subscribe(of, about, heard) }
          },
          [stream, topic, name] as const,
        ),
      )
      return () => void open.then((handle) => handle.evaluate(({ end }) => end?.()))
    },
  }
}

describeContract('Electron IPC', async (dispatcher) => {
  const { page, close } = await openPage(dispatcher)
  return { bridge: createElectronBridge(transportOf(page)), close }
})

describe('what the window gets of Electron', () => {
  const silent: Dispatcher = {
    call: async () => ({ ok: true, value: 'answered' }),
    subscribe: () => ({ ok: true, value: () => undefined }),
  }

  it('is two functions, and nothing of Node', async () => {
    const { page, close } = await openPage(silent)
    const seen = await page.evaluate(() => ({
      names: Object.keys(window.argosy ?? {}),
      node: ['require', 'process', 'Buffer', 'module'].filter((name) => name in window),
    }))
    expect(seen).toEqual({ names: ['call', 'subscribe'], node: [] })
    await close()
  })

  it('is refused to a page that is not ours', async () => {
    const { page, close } = await openPage(silent, 'app://elsewhere/')
    expect(await transportOf(page).call('app.info', undefined)).toMatchObject({
      ok: false,
      error: { kind: 'NotAllowed' },
    })
    await close()
  })

  it('is refused to a frame inside the page, and to a frame that is gone', async () => {
    const { close } = await openPage(silent)
    const call = ipcMain.invokable.get('argosy.call')
    const main = { url: 'app://argosy/', parent: null }
    expect(await call?.({ senderFrame: main }, 'app.info')).toMatchObject({ ok: true })
    expect(await call?.({ senderFrame: { url: 'app://argosy/', parent: main } }, 'app.info')).toMatchObject({
      ok: false,
    })
    expect(await call?.({ senderFrame: null }, 'app.info')).toMatchObject({ ok: false })
    await close()
  })

  it('is bounded: so many subscriptions and no more, and none after the page went away', async () => {
    let open = 0
    const { page, close } = await openPage({
      ...silent,
      subscribe: () => {
        open++
        return { ok: true, value: () => void open-- }
      },
    })
    await page.evaluate(() => {
      for (let count = 0; count < 200; count++) window.argosy?.subscribe('app.notice', undefined, () => undefined)
    })
    await page.evaluate(() => window.argosy?.call('app.info', undefined))
    expect(open).toBe(64)
    await page.reload()
    await vi.waitFor(() => expect(open).toBe(0))
    await close()
  })
})
