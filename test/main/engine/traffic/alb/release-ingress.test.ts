import { describe, expect, it } from 'vitest'
import type { TrafficRouting } from '#api/traffic-routing.ts'
import { alb } from '#engine/traffic/alb/alb.ts'
import { ingressFate } from '#engine/traffic/alb/release-ingress.ts'
import { findRoute, type RouteObject } from '#engine/traffic/routes.ts'
import { applyMergePatch } from '#lib/merge-patch.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aRouteObject, aRouterRequest, aRouteTable, stepOf } from '#test/support/builders/routing.ts'

const managed = 'rollouts.argoproj.io/managed-alb-annotations'
const legacyManaged = 'rollouts.argoproj.io/managed-alb-actions'
const prefix = 'alb.ingress.kubernetes.io'
const path = (name: string) => ({ path: '/', backend: { service: { name, port: { name: 'use-annotation' } } } })

const rolloutWith = (routing: TrafficRouting, name = 'web') => {
  const rollout = aRollout({ canary: { trafficRouting: routing } })
  return { ...rollout, metadata: { ...rollout.metadata, name } }
}
const anIngress = (annotations: Readonly<Record<string, string>>, paths: readonly unknown[] = [path('web-root')]) =>
  aRouteObject('ingresses', 'front', { ingressClassName: 'alb', rules: [{ http: { paths } }] }, { annotations })[1]
const around = (rollouts: Parameters<typeof ingressFate>[1]['rollouts'] = [], classes = ['alb']) => ({
  rollouts,
  classes,
  served: {},
})
const action = (...groups: readonly (readonly [string, number])[]) => forward(groups)
const forward = (groups: readonly (readonly [string, number])[], rest = '') =>
  `{"Type":"forward","ForwardConfig":{"TargetGroups":[${groups
    .map(([name, weight]) => `{"ServiceName":"${name}","ServicePort":"80","Weight":${weight}}`)
    .join(',')}]${rest}}}`
const released = (ingress: RouteObject, rollouts: Parameters<typeof around>[0] = []) => {
  const { release } = ingressFate(ingress, around(rollouts))
  return release && applyMergePatch(ingress, release.body)
}

const [root, stable] = [`${prefix}/actions.web-root`, `${prefix}/actions.web-stable`]
const ofRoot = { [root]: action(['web-canary', 20], ['web-stable', 80]), [managed]: `{"web":["${root}"]}` }

describe('ALB-24: an Ingress', () => {
  const naming = rolloutWith({ alb: { ingress: 'front' } })
  const namingSeveral = rolloutWith({ alb: { ingresses: ['side', 'front'] } })

  it('ALB-24: is for the Rollouts that name it and have annotations in it', () => {
    const strange = rolloutWith({ alb: { ingress: 'front' } }, 'api')
    expect(ingressFate(anIngress(ofRoot), around([naming, strange]))).toEqual({ rollouts: [naming] })
    expect(ingressFate(anIngress(ofRoot), around([namingSeveral]))).toEqual({ rollouts: [namingSeveral] })
  })

  it.each<[string, TrafficRouting]>([
    ['another Ingress', { alb: { ingress: 'side' } }],
    ['no ALB', { nginx: { stableIngress: 'front' } }],
  ])('ALB-24: is let go when its Rollout names %s', (_what, routing) => {
    expect(released(anIngress(ofRoot), [rolloutWith(routing)])).toEqual(
      anIngress({ [root]: action(['web-stable', 100]) }),
    )
  })

  it.each([
    null,
    7,
    {},
    { ingress: 7 },
    { ingresses: 'front' },
    { ingresses: null, ingress: 'side' },
    { ingresses: [] },
  ])('ALB-24: is let go by a Rollout whose ALB reads %j', (config) => {
    const odd = {
      ...naming,
      spec: JSON.parse(JSON.stringify({ strategy: { canary: { trafficRouting: { alb: config } } } })),
    }
    expect(ingressFate(anIngress(ofRoot), around([odd])).rollouts).toEqual([])
  })

  it('ALB-24: is not, when one list is null and the name stands in the other field', () => {
    const spec = JSON.parse('{"strategy":{"canary":{"trafficRouting":{"alb":{"ingresses":null,"ingress":"front"}}}}}')
    expect(ingressFate(anIngress(ofRoot), around([{ ...naming, spec }])).release).toBeUndefined()
  })

  it('ALB-24: sends everything to stable once its Rollout is gone, by a patch of the Ingress as it was read', () => {
    const ingress = anIngress({ ...ofRoot, team: 'shop', [legacyManaged]: 'web:x' })
    expect(ingressFate(ingress, around()).release).toEqual({
      kind: 'patch',
      ref: {
        resource: { group: 'networking.k8s.io', version: 'v1', plural: 'ingresses', kind: 'Ingress', namespaced: true },
        namespace: 'shop',
        name: 'front',
      },
      patchType: 'merge',
      body: {
        metadata: {
          annotations: { [root]: action(['web-stable', 100]), [managed]: null, [legacyManaged]: null },
        },
      },
      precondition: { uid: 'uid-front', resourceVersion: '1' },
      because: 'ALB-24',
      summary: 'Release Ingress front: web routes through it no more',
    })
  })

  it('ALB-24: an action that is named after a Service of its own leads there', () => {
    const notes = {
      [stable]: action(['web-canary', 20], ['exp', 10], ['web-stable', 70]),
      [managed]: `{"web":["${stable}"]}`,
    }
    expect(released(anIngress(notes))).toEqual(anIngress({ [stable]: action(['web-stable', 100]) }))
  })

  it('ALB-24: sticks as it did', () => {
    const sticky = ',"TargetGroupStickinessConfig":{"Enabled":true,"DurationSeconds":60}'
    const notes = {
      ...ofRoot,
      [root]: forward(
        [
          ['web-canary', 20],
          ['web-stable', 80],
        ],
        sticky,
      ),
    }
    expect(released(anIngress(notes))).toEqual(anIngress({ [root]: forward([['web-stable', 100]], sticky) }))
  })

  it('ALB-24: loses header routes, annotations and paths', () => {
    const asked = aRouterRequest({
      routing: {
        alb: { ingress: 'front', rootService: 'web-root', servicePort: 80 },
        managedRoutes: [{ name: 'hdr' }],
      },
    })
    const weighted = stepOf(alb.setWeight(asked, aRouteTable([['ingresses', anIngress({})]])))
    const route = { name: 'hdr', match: [{ headerName: 'h', headerValue: { exact: 'v' } }] }
    const routed = findRoute(stepOf(alb.setHeaderRoute!(asked, route, weighted.routes)).routes, {
      kind: 'ingresses',
      namespace: 'shop',
      name: 'front',
    })!
    expect(Object.keys(routed.metadata.annotations ?? {})).toHaveLength(4)
    expect(released(routed)).toEqual(anIngress({ [root]: action(['web-stable', 100]) }))
  })

  it('ALB-24: keeps what is of Rollouts that name it still', () => {
    const api = rolloutWith({ alb: { ingress: 'front' } }, 'api')
    const other = `${prefix}/actions.api-root`
    const notes = {
      ...ofRoot,
      [other]: action(['a', 1], ['b', 99]),
      [managed]: `{"api":["${other}"],"web":["${root}"]}`,
    }
    expect(ingressFate(anIngress(notes), around([api])).rollouts).toEqual([api])
    expect(released(anIngress(notes), [api])).toEqual(
      anIngress({
        [other]: action(['a', 1], ['b', 99]),
        [root]: action(['web-stable', 100]),
        [managed]: `{"api":["${other}"]}`,
      }),
    )
  })

  it('ALB-24: keeps an action that another Rollout has taken over', () => {
    const heir = rolloutWith({ alb: { ingress: 'front' } }, 'web-2')
    const notes = { ...ofRoot, [managed]: `{"web":["${root}"],"web-2":["${root}"]}` }
    expect(released(anIngress(notes), [heir])).toEqual(
      anIngress({ [root]: ofRoot[root]!, [managed]: `{"web-2":["${root}"]}` }),
    )
  })

  it('ALB-24: an entry without annotations, or with some that are gone, is dropped', () => {
    for (const list of ['[]', 'null', `["${root}","other"]`])
      expect(released(anIngress({ [managed]: `{"web":${list}}` }))).toEqual(anIngress({}))
  })

  it.each([
    ['x', 'unable to unmarshal previous ALB action'],
    ['{}', 'unable to reset annotation due to missing port'],
    ['7', 'unable to reset annotation due to missing port'],
    ['{"ForwardConfig":{"TargetGroups":[null]}}', 'unable to reset annotation due to missing port'],
    [
      '{"ForwardConfig":{"TargetGroups":[{"ServiceName":"web-stable"}]}}',
      'unable to reset annotation due to missing port',
    ],
    ['{"ForwardConfig":{"TargetGroups":[{"ServicePort":"80"}]}}', 'unable to reset annotation due to missing port'],
  ])('ALB-24: with the action %s nothing is written', (value, trouble) => {
    expect(ingressFate(anIngress({ ...ofRoot, [root]: value }), around())).toEqual({ rollouts: [], trouble })
  })

  it('ALB-24: with a key or bookkeeping that cannot be read nothing is written', () => {
    const odd = `${prefix}/actions.a/actions.b`
    expect(ingressFate(anIngress({ [odd]: ofRoot[root]!, [managed]: `{"web":["${odd}"]}` }), around())).toEqual({
      rollouts: [],
      trouble: `unable to parse action to get the service ${odd}`,
    })
    expect(ingressFate(anIngress({ [managed]: 'web' }), around())).toEqual({
      rollouts: [],
      trouble: "invalid character 'w' looking for beginning of value",
    })
  })

  it('ALB-24: without bookkeeping is nobody’s', () => {
    expect(ingressFate(anIngress({}), around([naming]))).toEqual({ rollouts: [] })
  })

  it('ALB-24, DEL-2: of another class is left alone; the annotation says it before the field', () => {
    const byAnnotation = anIngress({ ...ofRoot, 'kubernetes.io/ingress.class': 'nginx' })
    expect(ingressFate(byAnnotation, around())).toEqual({ rollouts: [] })
    expect(ingressFate(byAnnotation, around([], ['nginx'])).release).toBeDefined()
    expect(ingressFate(anIngress(ofRoot), around([], ['other']))).toEqual({ rollouts: [] })
    const classless = { ...anIngress(ofRoot), spec: {} }
    expect(ingressFate(classless, around()).release).toBeUndefined()
    expect(ingressFate(classless, around([], ['alb', ''])).release).toBeDefined()
  })
})
