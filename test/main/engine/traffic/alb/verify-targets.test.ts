import { describe, expect, it } from 'vitest'
import type { Rollout, RolloutStatus } from '#api/rollout.ts'
import type { AwsVerification, Target } from '#engine/traffic/alb/aws-answers.ts'
import { targetReads, verifiesBeforeScaleDown, verifyTargets } from '#engine/traffic/alb/verify-targets.ts'
import type { RouteObject, Routes } from '#engine/traffic/routes.ts'
import { failure } from '#lib/outcome.ts'
import { anAwsVerification } from '#test/support/builders/aws.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aRouteObject, aRouteTable } from '#test/support/builders/routing.ts'

const arn = 'arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/web/1'
const arn2 = 'arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/web/2'

const hashOf = (hash: string) => ({ 'rollouts-pod-template-hash': hash })
const aService = (hash = 'h2', ports: unknown = [{ name: 'http', port: 80, targetPort: 8080 }]): RouteObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { selector: hashOf(hash), ports },
})
const aBinding = (name: string, spec: object = {}) =>
  aRouteObject('targetGroupBindings', name, {
    targetGroupARN: arn,
    targetType: 'ip',
    serviceRef: { name: 'web', port: 80 },
    ...spec,
  })
const someEndpoints = (subsets: unknown = [{ addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] }]) => {
  const [kind, object] = aRouteObject('endpoints', 'web', undefined)
  return [kind, { ...object, subsets }] as const
}
const blueGreen = (status: RolloutStatus = {}) =>
  aRollout({ blueGreen: { activeService: 'web' }, status: { stableRS: 'h1', ...status } })
const canary = (stableRS = 'h2', trafficRouting: object = { alb: { ingress: 'front' } }) =>
  aRollout({ canary: { trafficRouting }, status: { stableRS } })

const registered = (...ids: readonly string[]): readonly Target[] => ids.map((id) => ({ id, port: 8080 }))
const all = registered('10.0.0.1', '10.0.0.2', '10.9.9.9')
const one = aRouteTable([aBinding('web'), someEndpoints()])

interface Asked {
  readonly rollout?: Rollout
  readonly service?: RouteObject
  readonly routes?: Routes
  readonly aws?: AwsVerification
}
const verify = ({
  rollout = blueGreen(),
  service = aService(),
  routes = one,
  aws = anAwsVerification({ targets: { [arn]: all } }),
}: Asked = {}) => verifyTargets({ rollout, currentHash: 'h2', service }, routes, aws)

const nothing = { events: [], unanswered: [] }
const of = `Service web (TargetGroup ${arn})`
const isVerified = {
  verified: true,
  events: [{ type: 'Normal', reason: 'TargetGroupVerified', message: `${of} verified: 2 endpoints registered` }],
  unanswered: [],
}

describe('when targets are verified', () => {
  it('SVC-24: never when it is switched off', () => {
    expect(verify({ aws: anAwsVerification({}, { enabled: false }) })).toEqual(nothing)
  })

  it.each<[string, Rollout, string, boolean]>([
    ['the active Service of an update that was just switched', blueGreen(), 'h2', true],
    ['not before it was', blueGreen(), 'h1', false],
    ['not when all is promoted', blueGreen({ stableRS: 'h2' }), 'h2', false],
    [
      'not once the analysis after the promotion has begun',
      blueGreen({ blueGreen: { postPromotionAnalysisRunStatus: { name: 'run', status: 'Running' } } }),
      'h2',
      false,
    ],
    ['the stable Service of a canary that is promoted', canary(), 'h1', true],
    ['not of one in its update', canary('h1'), 'h2', false],
    ['not of one by another router', canary('h2', { nginx: { stableIngress: 'front' } }), 'h2', false],
    ['not of one without a router', aRollout({ canary: {}, status: { stableRS: 'h2' } }), 'h2', false],
  ])('SVC-20: %s', (_what, rollout, hash, isAsked) => {
    expect(verify({ rollout, service: aService(hash), aws: anAwsVerification() }).unanswered).toEqual(
      isAsked ? [arn] : [],
    )
  })

  it('SVC-25: a canary by an ALB does before it takes pods of old ReplicaSets that no delay runs for', () => {
    const old = aReplicaSet({ hash: 'h0', size: 2 })
    const delayed = aReplicaSet({
      hash: 'h0',
      size: 2,
      deadline: '2026-01-15T10:00:00Z',
    })
    const empty = aReplicaSet({ hash: 'h0', size: 0 })
    expect(verifiesBeforeScaleDown(canary(), [empty, old])).toBe(true)
    expect(verifiesBeforeScaleDown(canary(), [empty, delayed])).toBe(false)
    expect(verifiesBeforeScaleDown(canary(), [])).toBe(false)
    expect(verifiesBeforeScaleDown(canary('h2', { nginx: {} }), [old])).toBe(false)
  })

  it('SVC-21: bindings of the namespace and the endpoints of the Service are read', () => {
    expect(targetReads(canary(), 'web')).toEqual([
      { kind: 'targetGroupBindings', namespace: 'shop' },
      { kind: 'endpoints', namespace: 'shop', name: 'web' },
    ])
  })
})

describe('what is bound to a Service', () => {
  const isBound = (spec: object, ports?: unknown) =>
    verify({
      service: aService('h2', ports),
      routes: aRouteTable([aBinding('b', spec), someEndpoints()]),
      aws: anAwsVerification(),
    }).unanswered.length > 0

  it('SVC-21: nothing: there is nothing to verify', () => {
    expect(verify({ routes: aRouteTable([someEndpoints()]) })).toEqual(nothing)
    expect(verify({ routes: aRouteTable([aBinding('b', { serviceRef: { name: 'other', port: 80 } })]) })).toEqual(
      nothing,
    )
  })

  it.each<[object, boolean]>([
    [{ name: 'web', port: 80 }, true],
    [{ name: 'web', port: 'http' }, true],
    [{ name: 'web', port: 81 }, false],
    [{ name: 'web', port: '80' }, false],
    [{ name: 'web', port: '' }, false],
    [{ name: 'web' }, false],
    [{ name: 'other', port: 80 }, false],
  ])('SVC-21: by a port of the Service, by number or by name: %j %s', (serviceRef, expected) => {
    expect(isBound({ serviceRef })).toBe(expected)
  })

  it.each<[string, object, unknown]>([
    ['a group of nodes', { targetType: 'instance' }, undefined],
    ['a group of a type that is not said', { targetType: null }, undefined],
    ['a port of the pods that nobody says', {}, [{ port: 80, targetPort: 'web' }]],
    ['no port of the pods', {}, [{ port: 80 }]],
    ['port 0 of the pods', {}, [{ port: 80, targetPort: 0 }]],
  ])('SVC-21: %s is left out', (_what, spec, ports) => {
    const service = aService('h2', ports ?? [{ name: 'http', port: 80, targetPort: 8080 }])
    const routes = aRouteTable([aBinding('b', spec), someEndpoints()])
    expect(verify({ service, routes, aws: anAwsVerification() })).toEqual({
      verified: true,
      events: [],
      unanswered: [],
    })
  })

  it('SVC-21: a port of the pods that has a name is that of the endpoints', () => {
    const subsets = [
      {
        addresses: [{ ip: '10.0.0.1' }],
        ports: [
          { name: 'metrics', port: 9090 },
          { name: 'web', port: 8080 },
        ],
      },
      { addresses: [{ ip: '10.0.0.2' }], ports: [{ name: 'web', port: 8080 }] },
    ]
    const service = aService('h2', [{ port: 80, targetPort: 'web' }])
    expect(verify({ service, routes: aRouteTable([aBinding('b'), someEndpoints(subsets)]) })).toEqual(isVerified)
  })

  it('SVC-21: JSON of any shape is read', () => {
    const odd = someEndpoints([null, 7, { addresses: 'x' }, { addresses: [null, { ip: 7 }] }])
    expect(verify({ routes: aRouteTable([aBinding('b'), odd]) })).toMatchObject({
      verified: true,
      events: [{ message: `${of} verified: 0 endpoints registered` }],
    })
    const bare = { ...aService(), spec: undefined }
    expect(verify({ service: bare, rollout: canary() })).toEqual(nothing)
    expect(verify({ routes: aRouteTable([aRouteObject('targetGroupBindings', 'b', 7)]) })).toEqual(nothing)
  })
})

describe('what is registered', () => {
  it('SVC-21, SVC-22: all pods that are ready: verified; other targets do not count', () => {
    expect(verify()).toEqual(isVerified)
  })

  it.each<[string, readonly Target[], number]>([
    ['one is missing', registered('10.0.0.1'), 1],
    ['one is there twice', registered('10.0.0.1', '10.0.0.1'), 1],
    ['none is', [], 0],
    [
      'they are at another port',
      [
        { id: '10.0.0.1', port: 80 },
        { id: '10.0.0.2', port: 80 },
      ],
      0,
    ],
  ])('SVC-22: %s: not verified', (_what, targets, count) => {
    expect(verify({ aws: anAwsVerification({ targets: { [arn]: targets } }) })).toEqual({
      verified: false,
      events: [
        {
          type: 'Warning',
          reason: 'TargetGroupUnverified',
          message: `${of} not verified: ${count}/2 endpoints registered`,
        },
      ],
      unanswered: [],
    })
  })

  const two = aRouteTable([aBinding('a'), aBinding('b', { targetGroupARN: arn2 }), someEndpoints()])

  it('SVC-21: every group must have them, and AWS is asked for all of them first', () => {
    const answered = (targets: Parameters<typeof anAwsVerification>[0]) =>
      verify({ routes: two, aws: anAwsVerification(targets) })
    expect(answered({ targets: { [arn]: all, [arn2]: all } })).toMatchObject({ verified: true, events: [{}, {}] })
    expect(answered({ targets: { [arn]: all, [arn2]: [] } })).toMatchObject({ verified: false, events: [{}, {}] })
    expect(answered({ targets: { [arn]: [], [arn2]: all } })).toMatchObject({ verified: false, events: [{}] })
    expect(answered({ targets: { [arn2]: all } })).toEqual({ verified: false, events: [], unanswered: [arn] })
  })

  it('SVC-22: an error of AWS is told, and is one of the pass', () => {
    expect(verify({ aws: anAwsVerification({ targets: { [arn]: failure('denied') } }) })).toEqual({
      verified: false,
      error: 'denied',
      events: [{ type: 'Warning', reason: 'TargetGroupVerifyError', message: `Failed to verify ${of}: denied` }],
      unanswered: [],
    })
  })

  it('SVC-21: endpoints that are not there are an error of the pass', () => {
    expect(verify({ routes: aRouteTable([aBinding('a')]) })).toEqual({
      verified: false,
      error: 'endpoints "web" not found',
      events: [],
      unanswered: [],
    })
  })
})
