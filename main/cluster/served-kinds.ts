import type { Resource } from '#api/resources.ts'
import { type RouteKind, routeKinds } from '#api/route-kinds.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import type { ClusterClient } from './client.ts'

/** How a cluster serves a kind of route objects. */
export type Served =
  /** Not known yet. */
  | { readonly state: 'asked' }
  | { readonly state: 'served'; readonly resource: Resource }
  /** In no version. Asked again after a while, for its definition may be installed later. */
  | { readonly state: 'notServed' }
  | { readonly state: 'failed'; readonly failure: Failure }

type Asked = Pick<ClusterClient, 'raw'>

interface Known {
  readonly served: Served
  readonly askAgainAt: EpochMs
}

/** A definition that is missing comes at human speed; a server that did not answer may be back soon. */
const askAgainMs = { notServed: 60_000, failed: 5_000 }

/** Where a kind is in other versions of its product (FEA-3, AMB-1). */
const otherGroups: Readonly<Partial<Record<RouteKind, Partial<Resource> & { readonly group: string }>>> = {
  ingresses: { group: 'extensions' },
  traefikServices: { group: 'traefik.containo.us' },
  mappings: { group: 'x.getambassador.io', plural: 'ambassadormappings', kind: 'AmbassadorMapping' },
}

/** The kind as it may be served: its usual group, and the one of other versions of its product. */
export const servedGroups = (kind: RouteKind): readonly Resource[] => {
  const other = otherGroups[kind]
  return [routeKinds[kind], ...(other === undefined ? [] : [{ ...routeKinds[kind], ...other }])]
}

/** In which group and version a cluster serves route objects: one request for a kind that has the usual one, asked once. */
export class ServedKinds {
  readonly #client: Asked
  readonly #clock: Clock
  readonly #known = new Map<RouteKind, Known>()

  constructor(client: Asked, clock: Clock) {
    this.#client = client
    this.#clock = clock
  }

  of(kind: RouteKind): Served {
    const known = this.#known.get(kind)
    if (known !== undefined && this.#clock.now() < known.askAgainAt) return known.served
    this.#known.set(kind, { served: known?.served ?? { state: 'asked' }, askAgainAt: Number.POSITIVE_INFINITY })
    void this.#ask(kind)
    return known?.served ?? { state: 'asked' }
  }

  async #ask(kind: RouteKind): Promise<void> {
    const served = await findServed(this.#client, kind)
    const waitMs = served.state === 'notServed' || served.state === 'failed' ? askAgainMs[served.state] : undefined
    const askAgainAt = waitMs === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() + waitMs
    this.#known.set(kind, { served, askAgainAt })
  }
}

/** The usual version, else any other of the group, the preferred one first, else one of its other group. */
export async function findServed(client: Asked, kind: RouteKind): Promise<Served> {
  const usual: Resource = routeKinds[kind]
  if (usual.group === '') return { state: 'served', resource: usual }
  const first = await isServed(client, usual)
  if (!first.ok) return { state: 'failed', failure: first.error }
  if (first.value) return { state: 'served', resource: usual }
  for (const named of servedGroups(kind)) {
    const versions = await versionsOf(client, named.group)
    if (!versions.ok) return { state: 'failed', failure: versions.error }
    for (const version of versions.value) {
      const resource = { ...named, version }
      const found = await isServed(client, resource)
      if (!found.ok) return { state: 'failed', failure: found.error }
      if (found.value) return { state: 'served', resource }
    }
  }
  return { state: 'notServed' }
}

async function isServed(client: Asked, resource: Resource): Promise<Outcome<boolean, Failure>> {
  const answer = await ask(client, `/apis/${resource.group}/${resource.version}`)
  if (!answer.ok) return answer
  const { resources } = (answer.value ?? {}) as { readonly resources?: readonly { readonly name?: string }[] }
  return { ok: true, value: (resources ?? []).some(({ name }) => name === resource.plural) }
}

async function versionsOf(client: Asked, group: string): Promise<Outcome<readonly string[], Failure>> {
  const answer = await ask(client, `/apis/${group}`)
  if (!answer.ok) return answer
  const { versions, preferredVersion } = (answer.value ?? {}) as {
    readonly versions?: readonly { readonly version?: string }[]
    readonly preferredVersion?: { readonly version?: string }
  }
  const all = [preferredVersion, ...(versions ?? [])].flatMap((each) => each?.version ?? [])
  return { ok: true, value: [...new Set(all)] }
}

/** What is not there is an answer too. */
async function ask(client: Asked, path: string): Promise<Outcome<unknown, Failure>> {
  const answer = await client.raw(path)
  return !answer.ok && answer.error.kind === 'NotFound' ? { ok: true, value: undefined } : answer
}
