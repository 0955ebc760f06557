import { describe, expect, it } from 'vitest'
import { customResourceDefinitions } from '#api/custom-resource-definitions.ts'
import { rbacName } from '#api/resources.ts'
import { routeDefinitions } from '#api/route-definitions.ts'
import { routeKinds } from '#api/route-kinds.ts'

const custom = Object.values(routeKinds).filter(({ group }) => group !== '' && group !== 'networking.k8s.io')
const definitionOf = (name: string) => routeDefinitions.find(({ metadata }) => metadata.name === name)

describe('the definitions of routes', () => {
  it('FEA-3: are those of all kinds of routers that no API server has built in', () => {
    expect(routeDefinitions.map(({ metadata }) => metadata.name).toSorted()).toEqual(custom.map(rbacName).toSorted())
  })

  it.each(custom.map((each) => [rbacName(each), each] as const))(
    'FEA-3: %s serves the version it is asked for',
    (name, kind) => {
      const { spec } = definitionOf(name) ?? {}
      expect(spec).toMatchObject({
        group: kind.group,
        scope: 'Namespaced',
        names: { plural: kind.plural, kind: kind.kind },
      })
      expect(spec?.versions.map((each) => each.name)).toContain(kind.version)
      expect(spec?.versions.filter(({ storage }) => storage)).toHaveLength(1)
    },
  )

  it('no short name of theirs is that of a Rollout, run, template or Experiment', () => {
    const ours = customResourceDefinitions.flatMap(({ spec }) => spec.names.shortNames)
    expect(routeDefinitions.flatMap(({ spec }) => spec.names.shortNames.filter((each) => ours.includes(each)))).toEqual(
      [],
    )
  })

  it('APX-1: an ApisixRoute is not had under the short name of AnalysisRuns', () => {
    expect(definitionOf('apisixroutes.apisix.apache.org')?.spec.names.shortNames).toEqual([])
  })

  it('GW-14: each backend of the Gateway API has a weight, a group and a kind', () => {
    for (const kind of [routeKinds.httpRoutes, routeKinds.grpcRoutes, routeKinds.tcpRoutes, routeKinds.tlsRoutes]) {
      const schema = definitionOf(rbacName(kind))?.spec.versions[0]?.schema.openAPIV3Schema
      const backend = schema?.properties?.['spec']?.properties?.['rules']?.items?.properties?.['backendRefs']?.items
      expect(backend?.properties).toMatchObject({
        weight: { default: 1, minimum: 0, maximum: 1_000_000 },
        group: { default: '' },
        kind: { default: 'Service' },
      })
    }
  })
})
