import { randomBytes } from 'node:crypto'
import type { KubeObject, ManagedFields } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { ConfigRef } from '#engine/pod-template/config-refs.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { printsWith } from '#main/history/secret-prints.ts'

/** What is known of an object that pods take their configuration from: never what is in it. */
export type ConfigLook =
  | {
      readonly state: 'found'
      /** Of all that it holds; made with a key that is nowhere but in this process (W11). */
      readonly print: string
      /** When what it holds was last changed, as far as the cluster tells. */
      readonly changedAt: EpochMs | undefined
    }
  | { readonly state: 'missing' }
  | { readonly state: 'unreadable' }

/** A text is checked again with each pause of whoever writes it. */
const lifetimeMs = 30_000

/** Looks at ConfigMaps and Secrets, and keeps a print of each for half a minute. */
export class ConfigLooks {
  readonly #clock: Clock
  readonly #known = new Map<string, { readonly until: EpochMs; readonly look: Promise<ConfigLook> }>()
  readonly #prints = printsWith({ file: randomBytes(32).toString('hex'), session: randomBytes(32).toString('hex') })

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param place the context and the namespace */
  at(client: ClusterClient, place: { readonly context: string; readonly namespace: string }, ref: ConfigRef) {
    const now = this.#clock.now()
    for (const [key, { until }] of this.#known) if (until <= now) this.#known.delete(key)
    const key = [place.context, place.namespace, ref.kind, ref.name].join('\0')
    const known = this.#known.get(key)
    if (known !== undefined) return known.look
    const look = this.#look(client, place.namespace, ref)
    this.#known.set(key, { until: now + lifetimeMs, look })
    return look
  }

  async #look(client: ClusterClient, namespace: string, { kind, name }: ConfigRef): Promise<ConfigLook> {
    const got = await client.get(kind === 'Secret' ? resources.secrets : resources.configMaps, { namespace, name })
    if (!got.ok) return { state: got.error.kind === 'NotFound' ? 'missing' : 'unreadable' }
    const { data = {}, binaryData = {} } = got.value as KubeObject & Held
    const held = [data, binaryData].map((part) => Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const print = this.#prints.shown(this.#prints.stored(kind, JSON.stringify(held)))
    return { state: 'found', print, changedAt: changedAt(got.value) }
  }
}

interface Held {
  readonly data?: Readonly<Record<string, string>>
  readonly binaryData?: Readonly<Record<string, string>>
}

/** By who wrote what when; a label or an annotation is no configuration. */
function changedAt({ metadata }: KubeObject): EpochMs | undefined {
  const times = (metadata.managedFields ?? []).filter(holdsData).flatMap(({ time }) => parseTime(time) ?? [])
  return times.length > 0 ? Math.max(...times) : parseTime(metadata.creationTimestamp)
}

const holdsData = ({ fieldsV1 }: ManagedFields): boolean =>
  ['f:data', 'f:binaryData'].some((field) => field in ((fieldsV1 ?? {}) as object))
