import { type IpcMainEvent, type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron'
import { type BridgeFailure, ipcNames } from '#contract/bridge.ts'
import type { Dispose } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Dispatcher } from './serve.ts'

/** Most subscriptions one window may hold: far more than the window makes, far fewer than would hurt. */
const subscriptionsMax = 64

const notAllowed: BridgeFailure = { kind: 'NotAllowed', message: 'Only the main frame of the Argosy window may call.' }

/**
 * Carries the contract over Electron's IPC. Each message must come from the main frame of a window of ours at our own
 * origin; everything else about it (channel, shape, size) is the dispatcher's to check.
 *
 * @param isOurs  tells whether a URL is a page of the app
 * @returns a function that ends all subscriptions and takes the handlers away
 */
export function serveElectron(dispatcher: Dispatcher, isOurs: (url: string) => boolean): Dispose {
  const subscriptions = new Map<WebContents, Map<string, Dispose>>()

  const isTrusted = ({ senderFrame }: IpcMainInvokeEvent | IpcMainEvent): boolean =>
    senderFrame !== null && senderFrame.parent === null && isOurs(senderFrame.url)

  const endAll = (sender: WebContents): void => {
    for (const end of subscriptions.get(sender)?.values() ?? []) end()
    subscriptions.delete(sender)
  }

  /** A page that reloads or goes away takes its subscriptions with it. */
  const subscriptionsOf = (sender: WebContents): Map<string, Dispose> => {
    const known = subscriptions.get(sender)
    if (known !== undefined) return known
    const fresh = new Map<string, Dispose>()
    subscriptions.set(sender, fresh)
    sender.once('destroyed', () => endAll(sender))
    sender.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) endAll(sender)
    })
    return fresh
  }

  const subscribe = (
    event: IpcMainInvokeEvent,
    id: unknown,
    stream: unknown,
    topic: unknown,
  ): Outcome<void, BridgeFailure> => {
    if (!isTrusted(event)) return failure(notAllowed)
    if (typeof id !== 'string' || typeof stream !== 'string')
      return failure({ kind: 'InvalidInput', message: 'A subscription needs an id and a stream name.' })
    const held = subscriptionsOf(event.sender)
    if (held.has(id) || held.size >= subscriptionsMax)
      return failure({ kind: 'NotAllowed', message: `Subscription ${id} exists, or ${subscriptionsMax} are open.` })
    const outcome = dispatcher.subscribe(stream, topic, (message) => {
      if (!event.sender.isDestroyed()) event.sender.send(ipcNames.message, id, message)
    })
    if (!outcome.ok) return outcome
    // The page may have gone while the first message was on its way.
    if (subscriptions.get(event.sender) === held) held.set(id, outcome.value)
    else outcome.value()
    return success(undefined)
  }

  const unsubscribe = (event: IpcMainEvent, id: unknown): void => {
    const held = isTrusted(event) ? subscriptions.get(event.sender) : undefined
    if (held === undefined || typeof id !== 'string') return
    held.get(id)?.()
    held.delete(id)
  }

  ipcMain.handle(ipcNames.call, async (event, channel: unknown, input: unknown) =>
    isTrusted(event) ? dispatcher.call(typeof channel === 'string' ? channel : '', input) : failure(notAllowed),
  )
  ipcMain.handle(ipcNames.subscribe, subscribe)
  ipcMain.on(ipcNames.unsubscribe, unsubscribe)

  return () => {
    ipcMain.removeHandler(ipcNames.call)
    ipcMain.removeHandler(ipcNames.subscribe)
    ipcMain.removeListener(ipcNames.unsubscribe, unsubscribe)
    for (const sender of [...subscriptions.keys()]) endAll(sender)
  }
}
