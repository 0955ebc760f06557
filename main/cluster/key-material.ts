import { readFile } from 'node:fs/promises'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Material } from './kubeconfig-file.ts'

/**
 * PEM text of a certificate or key. Anything else is refused here: TLS would ignore it, and then fail with a riddle.
 * @param name as in the kubeconfig: `client-key`. Errors: a sentence naming the file or the field.
 */
export async function readMaterial(
  material: Material | undefined,
  name: string,
): Promise<Outcome<string | undefined, string>> {
  if (material === undefined) return success(undefined)
  const text =
    'data' in material
      ? success(Buffer.from(material.data, 'base64').toString('utf8'))
      : await readTextFile(material.file)
  if (!text.ok || text.value.includes('-----BEGIN ')) return text
  return failure(
    'data' in material
      ? `${name}-data in the kubeconfig is not base64 of a PEM text.`
      : `${material.file}, named in the kubeconfig as ${name}, is not a PEM file.`,
  )
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
