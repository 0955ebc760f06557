import type { Bridge } from '#contract/bridge.ts'
import type { SavedView } from '#contract/bundle-views.ts'
import { partBytes } from '#contract/bundle-views.ts'

/** Sends a file that a person chose to main, part by part. The value is why it could not be, or nothing. */
export async function uploadBundle(bridge: Bridge, id: string, file: Blob): Promise<string | undefined> {
  for (let part = 0; part === 0 || part * partBytes < file.size; part++) {
    const bytes = new Uint8Array(await file.slice(part * partBytes, (part + 1) * partBytes).arrayBuffer())
    const sent = await bridge.call('bundle.upload', { id, part, base64: base64Of(bytes) })
    if (!sent.ok) return sent.error.message
  }
  return undefined
}

/** Saves what main made for a browser. */
export async function saveParts(
  bridge: Bridge,
  { id, name, parts, type }: Extract<SavedView, { how: 'parts' }>,
): Promise<boolean> {
  const blobs: Uint8Array<ArrayBuffer>[] = []
  for (let part = 0; part < parts; part++) {
    const got = await bridge.call('bundle.part', { id, part })
    if (!got.ok) return false
    blobs.push(Uint8Array.from(atob(got.value), (character) => character.charCodeAt(0)))
  }
  const address = URL.createObjectURL(new Blob(blobs, { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has begun to read it by the next turn.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
  return true
}

function base64Of(bytes: Uint8Array): string {
  let text = ''
  // Not all at once: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}
