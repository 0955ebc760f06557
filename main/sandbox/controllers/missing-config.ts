import type { Container, Pod } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import { fieldAt } from '../registry/fields.ts'
import type { SandboxStore } from '../store.ts'

interface Ref {
  readonly name?: string
  readonly key?: string
  readonly optional?: boolean
}

/** What a pod takes its configuration from, by the kind that the kubelet names. */
const sources = { configmap: resources.configMaps, secret: resources.secrets } as const
type Source = keyof typeof sources

/** Why a volume cannot be mounted, in the kubelet's words; `undefined` when all can. */
export function missingVolume(store: SandboxStore, pod: Pod): string | undefined {
  const volumes = (pod.spec['volumes'] ?? []) as readonly Volume[]
  for (const volume of volumes) {
    const missing = refsOf(volume).find(([source, ref]) => lack(store, pod, source, ref) !== undefined)
    if (missing === undefined) continue
    const why = lack(store, pod, ...missing) ?? ''
    return `MountVolume.SetUp failed for volume "${volume.name}" : ${why}`
  }
  return undefined
}

interface Volume {
  readonly name: string
  readonly configMap?: Ref
  readonly secret?: { readonly secretName?: string; readonly optional?: boolean }
  readonly projected?: { readonly sources?: readonly { readonly configMap?: Ref; readonly secret?: Ref }[] }
}

type Sourced = readonly [source: Source, ref: Ref]

function refsOf({ configMap, secret, projected }: Volume): readonly Sourced[] {
  const { secretName, ...isOptional } = secret ?? {}
  return [
    ...named('configmap', configMap),
    ...named('secret', secretName === undefined ? undefined : { name: secretName, ...isOptional }),
    ...(projected?.sources ?? []).flatMap((each) => [
      ...named('configmap', each.configMap),
      ...named('secret', each.secret),
    ]),
  ]
}

/** Why a container cannot get its environment; `undefined` when it can. */
export function missingEnvironment(store: SandboxStore, pod: Pod, container: Container): string | undefined {
  const from = (container['envFrom'] ?? []) as readonly { readonly configMapRef?: Ref; readonly secretRef?: Ref }[]
  const variables = (container['env'] ?? []) as readonly { readonly valueFrom?: ValueFrom }[]
  const refs = [
    ...from.flatMap((each) => [...named('configmap', each.configMapRef), ...named('secret', each.secretRef)]),
    ...variables.flatMap(({ valueFrom }) => [
      ...named('configmap', valueFrom?.configMapKeyRef),
      ...named('secret', valueFrom?.secretKeyRef),
    ]),
  ]
  return refs.map((ref) => lack(store, pod, ...ref)).find((why) => why !== undefined)
}

interface ValueFrom {
  readonly configMapKeyRef?: Ref
  readonly secretKeyRef?: Ref
}

const named = (source: Source, ref: Ref | undefined): readonly Sourced[] => (ref === undefined ? [] : [[source, ref]])

function lack(store: SandboxStore, pod: Pod, source: Source, ref: Ref): string | undefined {
  const { name = '', key, optional = false } = ref
  const { namespace } = pod.metadata
  const object = store.get(sources[source], { namespace, name })
  if (optional) return undefined
  if (object === undefined) return `${source} "${name}" not found`
  const hasKey = key === undefined || ['data', 'binaryData'].some((part) => fieldAt(object, [part, key]) !== undefined)
  return hasKey ? undefined : `couldn't find key ${key} in ${sources[source].kind} ${namespace}/${name}`
}
