import { describe, expect, it } from 'vitest'
import { apiVersionOf, rbacName } from '#api/resources.ts'
import type { RouteKind } from '#api/route-kinds.ts'
import type { Failure } from '#lib/failure.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { findServed, ServedKinds } from '#main/cluster/served-kinds.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const missing: Failure = { kind: 'NotFound', message: 'no such group', resource: '', name: undefined }
const unreachable: Failure = { kind: 'Unreachable', message: 'no answer', since: T0 }

/** A cluster that serves these plurals, by `GROUP/VERSION`, the preferred version of a group first; with what it was asked. */
function aCluster(served: Readonly<Record<string, readonly string[]>>, trouble?: { readonly at: string }) {
  const asked: string[] = []
  const raw = async (path: string): Promise<Outcome<unknown, Failure>> => {
    asked.push(path)
    const at = path.replace('/apis/', '')
    if (trouble?.at === at) return failure(unreachable)
    const resources = served[at]
    if (resources !== undefined) return success({ resources: resources.map((name) => ({ name })) })
    const versions = Object.keys(served).flatMap((each) =>
      each.startsWith(`${at}/`) ? [each.slice(at.length + 1)] : [],
    )
    if (versions.length === 0) return failure(missing)
    return success({
      versions: versions.toSorted().map((version) => ({ version })),
      preferredVersion: { version: versions[0] },
    })
  }
  return { asked, raw }
}

async function found(kind: RouteKind, served: Readonly<Record<string, readonly string[]>>) {
  const answer = await findServed(aCluster(served), kind)
  return answer.state === 'served' ? `${rbacName(answer.resource)} ${apiVersionOf(answer.resource)}` : answer.state
}

describe('findServed', () => {
  it('FEA-3: the usual version, which takes one request', async () => {
    const cluster = aCluster({
      'split.smi-spec.io/v1alpha2': ['trafficsplits'],
      'split.smi-spec.io/v1alpha1': ['trafficsplits'],
    })
    expect(await findServed(cluster, 'trafficSplits')).toMatchObject({ resource: { version: 'v1alpha1' } })
    expect(cluster.asked).toEqual(['/apis/split.smi-spec.io/v1alpha1'])
  })

  it('FEA-3: else the preferred one that has the kind', async () => {
    const served = {
      'split.smi-spec.io/v1alpha3': ['trafficsplits'],
      'split.smi-spec.io/v1alpha2': ['trafficsplits'],
      'split.smi-spec.io/v1': [],
    }
    expect(await found('trafficSplits', served)).toBe('trafficsplits.split.smi-spec.io split.smi-spec.io/v1alpha3')
    const { 'split.smi-spec.io/v1alpha3': _first, ...others } = served
    expect(await found('trafficSplits', { 'split.smi-spec.io/v2': ['other'], ...others })).toBe(
      'trafficsplits.split.smi-spec.io split.smi-spec.io/v1alpha2',
    )
  })

  it.each<[RouteKind, string, string, string]>([
    ['traefikServices', 'traefik.containo.us/v1alpha1', 'traefikservices', 'traefikservices.traefik.containo.us'],
    ['ingresses', 'extensions/v1beta1', 'ingresses', 'ingresses.extensions'],
    ['mappings', 'x.getambassador.io/v3alpha1', 'ambassadormappings', 'ambassadormappings.x.getambassador.io'],
  ])('FEA-3, AMB-1, TFK-1: else another group: %s', async (kind, apiVersion, plural, name) => {
    expect(await found(kind, { [apiVersion]: [plural] })).toBe(`${name} ${apiVersion}`)
  })

  it('AMB-1: Mappings have the usual group before the other one, where they have another kind', async () => {
    const other = { 'x.getambassador.io/v3alpha1': ['ambassadormappings'] }
    expect(await found('mappings', { ...other, 'getambassador.io/v3alpha1': ['mappings'] })).toBe(
      'mappings.getambassador.io getambassador.io/v3alpha1',
    )
    expect(await findServed(aCluster(other), 'mappings')).toMatchObject({ resource: { kind: 'AmbassadorMapping' } })
  })

  it('FEA-3: a kind of the core needs no asking, and one that nobody serves is none', async () => {
    const cluster = aCluster({})
    expect(await findServed(cluster, 'services')).toMatchObject({ state: 'served' })
    expect(cluster.asked).toEqual([])
    expect(await findServed(cluster, 'httpRoutes')).toEqual({ state: 'notServed' })
  })

  it.each(['getambassador.io/v2', 'getambassador.io', 'getambassador.io/v1', 'x.getambassador.io'])(
    'a request that fails is no answer: %s',
    async (at) => {
      const cluster = aCluster({ 'getambassador.io/v1': ['other'] }, { at })
      expect(await findServed(cluster, 'mappings')).toEqual({ state: 'failed', failure: unreachable })
    },
  )
})

describe('ServedKinds', () => {
  it('FEA-3: asks once, and not again once it knows', async () => {
    const clock = new VirtualClock()
    const cluster = aCluster({ 'gateway.networking.k8s.io/v1': ['httproutes'] })
    const kinds = new ServedKinds(cluster, clock)
    expect([kinds.of('httpRoutes').state, kinds.of('httpRoutes').state]).toEqual(['asked', 'asked'])
    await clock.advance(3_600_000)
    expect(kinds.of('httpRoutes').state).toBe('served')
    await clock.advance(0)
    expect(cluster.asked).toHaveLength(1)
  })

  it.each([
    ['notServed', 60_000, undefined],
    ['failed', 5_000, { at: 'gateway.networking.k8s.io/v1' }],
  ])('IST-38, FEA-3: asks again after a while: %s', async (state, afterMs, trouble) => {
    const clock = new VirtualClock()
    const cluster = aCluster({}, trouble)
    const kinds = new ServedKinds(cluster, clock)
    kinds.of('httpRoutes')
    await clock.advance(0)
    const once = cluster.asked.length
    await clock.advance(afterMs - 1)
    expect(kinds.of('httpRoutes').state).toBe(state)
    await clock.advance(0)
    expect(cluster.asked).toHaveLength(once)
    await clock.advance(1)
    expect(kinds.of('httpRoutes').state).toBe(state)
    await clock.advance(0)
    expect(cluster.asked.length).toBeGreaterThan(once)
  })
})
