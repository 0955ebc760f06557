import { randomUUID } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { codeOf } from '#main/cluster/classify-failure.ts'
import type { BundleFault } from './format.ts'
import { bundleLimits } from './limits.ts'
import { isLocked, unlockBundle } from './lock-bundle.ts'
import { type OpenBundle, openBundle } from './open-bundle.ts'

/** What locking adds: its header, and sixteen bytes for each 64 KiB. */
const lockedExtra = 4096 + (bundleLimits.fileBytes / 65_536) * 16

/** Writes a file that its owner alone may read: whole or not at all, and never over another unless that is asked for. */
export async function writeNewFile(
  path: string,
  bytes: Uint8Array | string,
  { force = false }: { readonly force?: boolean } = {},
): Promise<Outcome<void, BundleFault>> {
  const part = `${path}.${randomUUID().slice(0, 8)}.part`
  try {
    // Whoever makes the file has its name: no time passes between looking and writing.
    if (!force) await (await open(path, 'wx', 0o600)).close()
  } catch (thrown) {
    return failure(notWritten(path, thrown))
  }
  try {
    const file = await open(part, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(part, path)
    return success(undefined)
  } catch (thrown) {
    await rm(part, { force: true })
    if (!force) await rm(path, { force: true })
    return failure(notWritten(path, thrown))
  }
}

function notWritten(path: string, thrown: unknown): BundleFault {
  const code = codeOf(thrown)
  const message = code === 'EEXIST' ? `${path} is there already.` : `${path} cannot be written (${code}).`
  return { kind: 'File', message }
}

/** Reads no more than a bundle may be. */
export async function readBundleFile(path: string): Promise<Outcome<Uint8Array, BundleFault>> {
  try {
    const { size } = await stat(path)
    const max = bundleLimits.fileBytes + lockedExtra
    if (size > max) return failure({ kind: 'TooLarge', message: `${path} is larger than a bundle may be.` })
    const file = await open(path, 'r')
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(size), 0, size, 0)
      return success(buffer.subarray(0, bytesRead))
    } finally {
      await file.close()
    }
  } catch (thrown) {
    return failure({ kind: 'File', message: `${path} cannot be read (${codeOf(thrown)}).` })
  }
}

/** Opens what was read from a file or sent by a browser. */
export async function openBytes(
  bytes: Uint8Array,
  passphrase: string | undefined,
): Promise<Outcome<OpenBundle, BundleFault>> {
  if (!isLocked(bytes)) return openBundle(bytes)
  if (passphrase === undefined) return failure({ kind: 'Locked', message: 'It is locked with a passphrase.' })
  const unlocked = await unlockBundle(bytes, passphrase)
  return unlocked.ok ? openBundle(unlocked.value) : unlocked
}
