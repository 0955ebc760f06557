import { contextBridge, ipcRenderer } from 'electron'
import { type ElectronTransport, ipcNames } from '#contract/bridge.ts'

type Answer = Awaited<ReturnType<ElectronTransport['call']>>

/**
 * All of the main process that the window can reach: two functions, plain data. Channels and streams are checked in main,
 * against the contract; this file does not change when one is added.
 */
const listeners = new Map<string, (message: unknown) => void>()
let count = 0

ipcRenderer.on(ipcNames.message, (_event, id: string, message: unknown) => listeners.get(id)?.(message))

const transport: ElectronTransport = {
  call: (channel, input) => ipcRenderer.invoke(ipcNames.call, channel, input),
  subscribe(stream, topic, listener) {
    const id = String(++count)
    listeners.set(id, listener)
    void ipcRenderer.invoke(ipcNames.subscribe, id, stream, topic).then((outcome: Answer) => {
      // Nothing will ever be heard; whoever looks for the reason looks at the console.
      if (!outcome.ok) console.error(`${stream}: ${outcome.error.message}`)
    })
    return () => {
      listeners.delete(id)
      ipcRenderer.send(ipcNames.unsubscribe, id)
    }
  },
}

contextBridge.exposeInMainWorld('argosy', transport)
