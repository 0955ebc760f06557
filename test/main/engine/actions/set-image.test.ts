import { expect, it } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import type { Rollout } from '#api/rollout.ts'
import { planOf, refusalOf, requestsOf } from '#test/support/action-plan.ts'
import { aPodTemplate, aRollout } from '#test/support/builders/rollout.ts'
import { aWorld } from '#test/support/builders/world.ts'

const template = {
  metadata: { labels: { app: 'web' } },
  spec: {
    initContainers: [{ name: 'migrate', image: 'migrate:1' }],
    containers: [
      { name: 'web', image: 'web:1', unknownField: 7 },
      { name: 'proxy', image: 'proxy:1' },
    ],
  },
}
const rollout = aRollout({ spec: { template } })
const imagesIn = (object: unknown) => {
  const { spec } = (object as Rollout).spec.template ?? {}
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ image }) => image)
}

it('ACT-113: replaces the whole object as it was read, unknown fields and version included', () => {
  const raw = { ...rollout, spec: { ...rollout.spec, fromTheFuture: true }, status: { phase: 'Healthy' as const } }
  const plan = planOf('setImage', aWorld({ rollout: raw }), { images: [{ container: 'web', image: 'web:2' }] })
  const [proxy] = template.spec.containers.slice(1)
  const containers = [{ name: 'web', image: 'web:2', unknownField: 7 }, proxy]
  expect(requestsOf(plan)).toEqual([
    [
      'update rollouts',
      { ...raw, spec: { ...raw.spec, template: { ...template, spec: { ...template.spec, containers } } } },
    ],
  ])
  expect(plan.message).toBe('rollout "web" image updated')
  expect(plan.effects).toEqual(['Container web: web:1 → web:2', 'A new update starts'])
})

it('ACT-112: reaches init containers, and all of them by *', () => {
  const imagesAfter = (container: string) => {
    const [, object] =
      requestsOf(planOf('setImage', aWorld({ rollout }), { images: [{ container, image: 'new:1' }] }))[0] ?? []
    return imagesIn(object)
  }
  expect(imagesAfter('migrate')).toEqual(['new:1', 'web:1', 'proxy:1'])
  expect(imagesAfter('*')).toEqual(['new:1', 'new:1', 'new:1'])
})

it('ACT-112: refuses a container that is not there', () => {
  expect(refusalOf('setImage', aWorld({ rollout }), { images: [{ container: 'nope', image: 'a:1' }] })).toBe(
    'unable to find container named "nope"',
  )
  expect(refusalOf('setImage', aWorld({ rollout }))).toBe('name a container and its image')
})

it('ACT-115: all changed containers go in one update, and one that is not there stops them all', () => {
  const images = [
    { container: 'web', image: 'web:2' },
    { container: 'migrate', image: 'registry:5000/migrate@sha256:0123' },
  ]
  const plan = planOf('setImage', aWorld({ rollout }), { images })
  expect(plan.writes).toHaveLength(1)
  expect(imagesIn(requestsOf(plan)[0]?.[1])).toEqual(['registry:5000/migrate@sha256:0123', 'web:2', 'proxy:1'])
  expect(plan.writes[0]?.summary).toBe(
    'Set the image of container web to web:2, of container migrate to registry:5000/migrate@sha256:0123',
  )
  const withUnknown = [...images, { container: 'nope', image: 'a:1' }]
  expect(refusalOf('setImage', aWorld({ rollout }), { images: withUnknown })).toBe(
    'unable to find container named "nope"',
  )
})

it('ACT-112: of two images for one container the later one counts', () => {
  const images = [
    { container: '*', image: 'all:1' },
    { container: 'web', image: 'web:2' },
  ]
  expect(imagesIn(requestsOf(planOf('setImage', aWorld({ rollout }), { images }))[0]?.[1])).toEqual([
    'all:1',
    'web:2',
    'all:1',
  ])
})

it('ACT-111, ACT-114: with a workloadRef the Deployment is what changes', () => {
  const deployment: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web-base',
      namespace: 'shop',
      resourceVersion: '5',
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    },
    spec: { selector: { matchLabels: { app: 'web' } }, template: aPodTemplate('web:1') },
  }
  const { template: _borrowed, ...spec } = rollout.spec
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web-base' }
  const world = aWorld({ rollout: { ...rollout, spec: { ...spec, workloadRef } }, workload: deployment })
  const plan = planOf('setImage', world, { images: [{ container: 'web', image: 'web:2' }] })
  expect(requestsOf(plan)).toEqual([
    ['update deployments', { ...deployment, spec: { ...deployment.spec, template: aPodTemplate('web:2') } }],
  ])
  expect(plan.message).toBe('deployment "web-base" image updated')
  expect(plan.warnings).toEqual(['web-base is managed by Helm: a live edit is overwritten by the next upgrade'])
})
