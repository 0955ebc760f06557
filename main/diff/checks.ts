import type { Container, PodTemplateSpec } from '#api/core.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { splitImage } from './image.ts'

/** Plain checks of the right side worth a look before it is released (UI-DIFF-1). One sentence each. */
export function checkTemplate(left: PodTemplateSpec, right: PodTemplateSpec): readonly string[] {
  const before = containersOf(left)
  return [...containersOf(right)].flatMap(([name, container]) => {
    const former = before.get(name)
    return [...heapChecks(container), ...imageChecks(container, former), ...removals(container, former)].map(
      (finding) => `${name}: ${finding}`,
    )
  })
}

/** All containers by name, init containers included; names are unique in a pod. */
const containersOf = ({ spec }: PodTemplateSpec): ReadonlyMap<string, Container> =>
  new Map([...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map((each) => [each.name, each]))

function heapChecks(container: Container): readonly string[] {
  const limit = memoryOf(container, 'limits')
  const bound = limit ?? memoryOf(container, 'requests')
  if (bound === undefined) return []
  const name = limit === undefined ? 'request' : 'limit'
  return heapFlags(container)
    .filter((heap) => heap.bytes > bound.bytes)
    .map((heap) => `heap flag ${heap.flag} is above the memory ${name} ${bound.text}`)
}

interface Bytes {
  readonly bytes: number
}

const powers: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4 }

/** `-Xmx1200m` of Java, `--max-old-space-size=1200` (MiB) of Node, in variables and arguments. */
function heapFlags({ env, command, args }: Container): readonly (Bytes & { readonly flag: string })[] {
  const variables = Array.isArray(env) ? env.map((each) => (isRecord(each) ? each['value'] : undefined)) : []
  const texts = [...variables, ...listOf(command), ...listOf(args)].filter((each) => typeof each === 'string')
  return texts.flatMap((text) => [
    ...[...text.matchAll(/-Xmx(\d+)([kmgt]?)\b/gi)].map(([flag, count, unit = '']) => ({
      flag,
      bytes: Number(count) * 1024 ** (powers[unit.toLowerCase()] ?? 0),
    })),
    ...[...text.matchAll(/--max[-_]old[-_]space[-_]size[= ](\d+)/g)].map(([flag, count]) => ({
      flag,
      bytes: Number(count) * 1024 ** 2,
    })),
  ])
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const decimal: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 }
const binary: Readonly<Record<string, number>> = {
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
}

function memoryOf({ resources }: Container, kind: 'limits' | 'requests'): (Bytes & { text: string }) | undefined {
  const list = isRecord(resources) ? resources[kind] : undefined
  const memory = isRecord(list) ? list['memory'] : undefined
  if (typeof memory !== 'string' && typeof memory !== 'number') return undefined
  const [, count, unit = ''] = /^([0-9.]+(?:e[0-9]+)?)([kMGTP]i?|Ki)?$/i.exec(String(memory)) ?? []
  const factor = unit === '' ? 1 : (binary[unit] ?? decimal[unit])
  if (count === undefined || factor === undefined) return undefined
  return { text: String(memory), bytes: Number(count) * factor }
}

function imageChecks({ image = '' }: Container, former: Container | undefined): readonly string[] {
  if (image === '' || image.includes('@')) return []
  const { version } = splitImage(image)
  if (version === '' || version === 'latest') return [`image ${image} floats: it names no version`]
  return former?.image === image ? [] : [`image tag ${version} has no digest, so it can be moved`]
}

function removals(container: Container, former: Container | undefined): readonly string[] {
  if (former === undefined) return []
  const probes = ['readinessProbe', 'livenessProbe', 'startupProbe']
    .filter((probe) => isRecord(former[probe]) && !isRecord(container[probe]))
    .map((probe) => `${probe} is removed`)
  const limitGone = memoryOf(former, 'limits') !== undefined && memoryOf(container, 'limits') === undefined
  return [...probes, ...(limitGone ? ['the memory limit is removed'] : [])]
}
