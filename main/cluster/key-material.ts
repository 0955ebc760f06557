import { readFile } from 'node:fs/promises'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Material } from './kubeconfig-file.ts'

/** PEM text of a certificate or key. Errors: a sentence naming the file. */
export async function readMaterial(material: Material | undefined): Promise<Outcome<string | undefined, string>> {
  if (material === undefined) return success(undefined)
  if ('data' in material) return success(Buffer.from(material.data, 'base64').toString('utf8'))
  return readTextFile(material.file)
}

/** Errors: a sentence naming the file. */
export async function readTextFile(file: string): Promise<Outcome<string, string>> {
  try {
    return success(await readFile(file, 'utf8'))
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    return failure(`${file}, named in the kubeconfig, cannot be read (${code}).`)
  }
}
