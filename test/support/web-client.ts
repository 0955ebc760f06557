import { WebSocket } from 'ws'
import { webSocketPath } from '#contract/web-messages.ts'
import { createWebBridge, type Socket, type WebBridgeOptions } from '#renderer/store/web-bridge.ts'

/** Exchanges a printed address for a session, as a browser does, and answers with the Cookie header to send. */
export async function signIn(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'manual' })
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}

/** The browser's bridge with what a browser would add by itself: cookie and Origin. */
export function connectWeb(port: number, cookie: string, options: WebBridgeOptions = {}) {
  const origin = `http://127.0.0.1:${port}`
  return createWebBridge({
    connect: () => new WebSocket(`ws://127.0.0.1:${port}${webSocketPath}`, { headers: { cookie, origin } }) as Socket,
    ...options,
  })
}
