import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { kubeconfigMark } from './fleet-kubeconfig.ts'

/** A file the sandbox did not write is never overwritten: it may hold the only way into somebody's clusters. */
export function mayWriteKubeconfig(path: string): Outcome<void, string> {
  try {
    if (readFileSync(path, 'utf8').startsWith(kubeconfigMark)) return success(undefined)
    return failure(
      `${path} exists and was not written by the sandbox; it stays as it is. Name another --kubeconfig file`,
    )
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? success(undefined) : failure(`${path} cannot be read: ${message}`)
  }
}

/** Writes the file whole or not at all, readable by its owner only: it holds tokens. */
export function writeKubeconfig(path: string, text: string): Outcome<void, string> {
  const allowed = mayWriteKubeconfig(path)
  if (!allowed.ok) return allowed
  const unfinished = `${path}.${randomUUID()}`
  try {
    writeFileSync(unfinished, text, { mode: 0o600, flag: 'wx' })
    renameSync(unfinished, path)
    return success(undefined)
  } catch (error) {
    rmSync(unfinished, { force: true })
    return failure(`${path} cannot be written: ${(error as NodeJS.ErrnoException).message}`)
  }
}
