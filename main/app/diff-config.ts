import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { DiffSideInput } from '#contract/diff-requests.ts'
import type { ConfigDiffView, ConfigLook } from '#contract/diff-views.ts'
import { parseRolloutKey } from '#contract/keys.ts'
import type { ConfigRef } from '#engine/pod-template/config-refs.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { type ComparedSide, compareSides } from '#main/diff/compare.ts'
import { configManifest, type ReadConfig, refsOf } from '#main/diff/config.ts'
import { secretPrints } from '#main/history/secret-prints.ts'
import { type DiffSources, readSide } from './diff-sides.ts'

/** No template of people names more; each is one request. */
const refsMax = 50

interface ConfigSources extends DiffSources {
  readonly clientOf: (context: string) => ClusterClient | undefined
}

interface Look {
  readonly ref: ConfigRef
  readonly look: ConfigLook
  readonly object: KubeObject | undefined
}

/** The configuration that both sides refer to, read for this answer: one `get` for each object, and no right to list (W11). */
export async function compareConfig(
  sources: ConfigSources,
  left: DiffSideInput,
  right: DiffSideInput,
): Promise<Outcome<ConfigDiffView, Failure>> {
  const [from, to] = [readSide(sources, left, right), readSide(sources, right, left)]
  if (!from.ok) return from
  if (!to.ok) return to
  const [before, after] = [refsOf(from.value.manifest), refsOf(to.value.manifest)]
  const many = Math.max(before.length, after.length)
  if (many > refsMax)
    return failure({
      kind: 'Invalid',
      message: `It refers to ${many} objects; ${refsMax} are read at most.`,
      causes: [],
    })
  const looked = new Map<string, Promise<Look>>()
  const [own, others] = [await looks(sources, left, before, looked), await looks(sources, right, after, looked)]
  return success({ diff: diffOf(sources, [from.value, own], [to.value, others]), objects: objectsOf(own, others) })
}

function looks(
  { clientOf }: ConfigSources,
  side: DiffSideInput,
  refs: readonly ConfigRef[],
  looked: Map<string, Promise<Look>>,
): Promise<readonly Look[]> {
  const address = 'key' in side ? parseRolloutKey(side.key) : undefined
  const client = address === undefined || side.kind === 'moment' ? undefined : clientOf(address.context)
  return Promise.all(
    refs.map(async (ref) => {
      if (client === undefined || address === undefined)
        return { ref, look: { state: 'unrecorded' } as const, object: undefined }
      const id = [address.context, address.namespace, ref.kind, ref.name].join('\0')
      const known = looked.get(id) ?? look(client, address.namespace, ref)
      looked.set(id, known)
      return known
    }),
  )
}

async function look(client: ClusterClient, namespace: string, ref: ConfigRef): Promise<Look> {
  const got = await client.get(ref.kind === 'Secret' ? resources.secrets : resources.configMaps, {
    namespace,
    name: ref.name,
  })
  if (got.ok) {
    const { resourceVersion = '' } = got.value.metadata
    return { ref, look: { state: 'read', resourceVersion }, object: got.value }
  }
  const { kind, message } = got.error
  if (kind === 'NotFound') return { ref, look: { state: 'missing' }, object: undefined }
  return { ref, look: { state: kind === 'Forbidden' ? 'forbidden' : 'failed', message }, object: undefined }
}

function diffOf(
  { history }: ConfigSources,
  [left, own]: readonly [ComparedSide, readonly Look[]],
  [right, others]: readonly [ComparedSide, readonly Look[]],
): ConfigDiffView['diff'] {
  const readOf = (all: readonly Look[]): readonly ReadConfig[] =>
    all.flatMap(({ ref, object }) => (object === undefined ? [] : [{ ref, object }]))
  const [before, after] = [readOf(own), readOf(others)]
  if (before.length === 0 && after.length === 0) return undefined
  const prints = secretPrints(history)
  const manifest = (read: readonly ReadConfig[]) => configManifest(read, prints)
  return compareSides({ ...left, manifest: manifest(before) }, { ...right, manifest: manifest(after) }, prints)
}

function objectsOf(own: readonly Look[], others: readonly Look[]): ConfigDiffView['objects'] {
  const refs = new Map([...own, ...others].map(({ ref }) => [idOf(ref), ref]))
  const lookOf = (all: readonly Look[], id: string): ConfigLook =>
    all.find(({ ref }) => idOf(ref) === id)?.look ?? { state: 'unnamed' }
  return [...refs].map(([id, { kind, name }]) => ({ kind, name, left: lookOf(own, id), right: lookOf(others, id) }))
}

const idOf = ({ kind, name }: ConfigRef): string => `${kind} ${name}`
