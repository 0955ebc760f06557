import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { protocol } from 'electron'

/** The window's own origin. Nothing else is ever loaded into it. */
export const appOrigin = 'app://argosy'

export const isAppPage = (url: string): boolean => url === appOrigin || url.startsWith(`${appOrigin}/`)

/** Scripts, styles, fonts and images from the bundle; no network, no inline script, no frame. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

/** Must run before the app is ready: gives `app://` a standard origin, so that CSP and storage work as on the web. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])
}

/** Serves the built renderer at `app://argosy/`. Unknown paths and anything outside the folder answer 404. */
export function serveAppScheme(rendererFolder: string): void {
  protocol.handle('app', async (request) => {
    const file = fileFor(rendererFolder, request.url)
    const body = file === undefined ? undefined : await readFile(file).catch(() => undefined)
    if (file === undefined || body === undefined) return new Response('Not found', { status: 404 })
    return new Response(new Uint8Array(body), {
      headers: {
        'Content-Type': contentTypes[extname(file)] ?? 'application/octet-stream',
        'Content-Security-Policy': contentSecurityPolicy,
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': 'no-cache',
      },
    })
  })
}

/** The file a URL means, or `undefined` when it leaves the folder or the origin. */
function fileFor(folder: string, url: string): string | undefined {
  if (!isAppPage(url)) return undefined
  const path = new URL(url).pathname
  const file = normalize(join(folder, path === '/' ? 'index.html' : path))
  return file.startsWith(normalize(folder) + sep) ? file : undefined
}
