import { readFile } from 'node:fs/promises'
import type { OpenBundle } from '#main/bundle/open-bundle.ts'
import { type CliIo, UsageError } from './io.ts'

/** How a bundle is named on a command line. */
export interface BundleSource {
  readonly bundle?: string
  readonly passphraseFile?: string
}

/** Its first line: what a person types at a prompt would be in the history of their shell. */
export async function passphraseOf({ passphraseFile }: BundleSource): Promise<string | undefined> {
  if (passphraseFile === undefined) return undefined
  const text = await readFile(passphraseFile, 'utf8').catch(() => {
    throw new UsageError(`the passphrase file ${passphraseFile} cannot be read`)
  })
  const [first = ''] = text.split(/\r?\n/)
  if (first === '') throw new UsageError(`the first line of ${passphraseFile} is empty`)
  return first
}

/** `undefined`: it cannot be opened, and why has been told. */
export async function openBundled(path: string, source: BundleSource, io: CliIo): Promise<OpenBundle | undefined> {
  const { openBytes, readBundleFile } = await import('#main/bundle/bundle-file.ts')
  const passphrase = await passphraseOf(source)
  const read = await readBundleFile(path)
  const opened = read.ok ? await openBytes(read.value, passphrase) : read
  if (opened.ok) return opened.value
  io.err(`argosy: ${path} cannot be opened: ${opened.error.message}`)
  if (opened.error.kind === 'Locked') io.err('Give it with --passphrase-file FILE.')
  return undefined
}
