import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Failure } from '#lib/failure.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'

export type SecretValues = Readonly<Record<string, string>>

/** The entries of a Secret, decoded. One GET, nothing is kept. */
export async function readSecret(
  client: ClusterClient,
  at: { readonly namespace: string; readonly name: string },
): Promise<Outcome<SecretValues, Failure>> {
  const read = await client.get(resources.secrets, at)
  if (!read.ok) return read
  const { data = {} } = read.value as KubeObject & { readonly data?: SecretValues }
  return success(Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decoded(value)])))
}

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8')
