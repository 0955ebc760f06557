import type { Container, PodTemplateSpec } from '#api/core.ts'

/** An object that the pods of a template take their configuration from, in their own namespace. */
export interface ConfigRef {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
}

interface Ref {
  readonly name?: string
  readonly optional?: boolean
}

interface Source {
  readonly configMap?: Ref
  readonly secret?: Ref & { readonly secretName?: string }
  readonly projected?: { readonly sources?: readonly Source[] }
}

interface Environment {
  readonly configMapRef?: Ref
  readonly secretRef?: Ref
  readonly configMapKeyRef?: Ref
  readonly secretKeyRef?: Ref
}

/** Each once, by kind and name (W11). What is optional is left out: pods start without it. */
export function configRefs({ spec }: PodTemplateSpec): readonly ConfigRef[] {
  const volumes = (spec?.['volumes'] ?? []) as readonly Source[]
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
  const all = [...volumes.flatMap(ofVolume), ...containers.flatMap(ofContainer)]
  const byName = new Map(all.map((ref) => [`${ref.kind} ${ref.name}`, ref]))
  return [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, ref]) => ref)
}

const ref = (kind: ConfigRef['kind'], named: Ref | undefined): readonly ConfigRef[] =>
  named?.name === undefined || named.name === '' || named.optional === true ? [] : [{ kind, name: named.name }]

const ofVolume = ({ configMap, secret, projected }: Source): readonly ConfigRef[] => [
  ...ref('ConfigMap', configMap),
  ...ref('Secret', secret && { ...secret, name: secret.secretName ?? secret.name ?? '' }),
  ...(projected?.sources ?? []).flatMap(ofVolume),
]

function ofContainer(container: Container): readonly ConfigRef[] {
  const whole = (container['envFrom'] ?? []) as readonly Environment[]
  const single = (container['env'] ?? []) as readonly { readonly valueFrom?: Environment }[]
  return [...whole, ...single.flatMap(({ valueFrom }) => valueFrom ?? [])].flatMap(
    ({ configMapRef, secretRef, configMapKeyRef, secretKeyRef }) => [
      ...ref('ConfigMap', configMapRef ?? configMapKeyRef),
      ...ref('Secret', secretRef ?? secretKeyRef),
    ],
  )
}
