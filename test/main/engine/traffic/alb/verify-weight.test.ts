import { describe, expect, it } from 'vitest'
import type { CanaryStep, RolloutStatus } from '#api/rollout.ts'
import type { AlbRouting } from '#api/traffic-routing.ts'
import type { AwsVerification } from '#engine/traffic/alb/aws-answers.ts'
import { verifyWeight } from '#engine/traffic/alb/verify-weight.ts'
import type { RouterRequest } from '#engine/traffic/router.ts'
import { failure } from '#lib/outcome.ts'
import { aLoadBalancer, anAwsVerification, aTargetGroup } from '#test/support/builders/aws.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aRouteObject, aRouterRequest, aRouteTable } from '#test/support/builders/routing.ts'

const host = 'front-1.eu-central-1.elb.amazonaws.com'
const other = 'front-2.eu-central-1.elb.amazonaws.com'

const anIngress = (name = 'front', ...hostNames: readonly string[]) => {
  const [kind, object] = aRouteObject('ingresses', name, {})
  const ingress = hostNames.map((hostname) => ({ hostname }))
  return [kind, { ...object, status: { loadBalancer: { ingress } } }] as const
}

interface Options {
  readonly config?: AlbRouting
  readonly steps?: readonly CanaryStep[]
  readonly status?: RolloutStatus
  readonly parts?: Partial<RouterRequest>
}
/** At a step `setWeight: 20`. */
function asked({ config = {}, steps = [setWeight(20)], status = {}, parts = {} }: Options = {}): RouterRequest {
  const rollout = aRollout({
    canary: {
      steps,
      stableService: 'web-stable',
      canaryService: 'web-canary',
      trafficRouting: { alb: { ingress: 'front', servicePort: 80, ...config } },
    },
    status: { stableRS: 'h1', currentPodHash: 'h2', currentStepIndex: 0, ...status },
  })
  return aRouterRequest({ rollout, ...parts })
}

const canaryAt = (weight?: number, ingress = 'front') =>
  aTargetGroup(`${ingress}-canary`, `shop/${ingress}-web-canary:80`, weight)
const stableAt = (weight?: number, ingress = 'front') =>
  aTargetGroup(`${ingress}-stable`, `shop/${ingress}-web-stable:80`, weight)
const expAt = (weight: number, ingress = 'front') => aTargetGroup(`${ingress}-exp`, `shop/${ingress}-exp:80`, weight)
const balancer = aLoadBalancer('web', canaryAt(20), stableAt(80))
const table = aRouteTable([anIngress('front', host)])

const verify = (aws: AwsVerification, request = asked(), routes = table) => verifyWeight(request, routes, aws)
const answering = (loadBalancers: Parameters<typeof anAwsVerification>[0] & object) => anAwsVerification(loadBalancers)
const verified = (loadBalancers: Record<string, ReturnType<typeof aLoadBalancer>>, request = asked(), routes = table) =>
  verify(answering({ loadBalancers }), request, routes).verified

const nothing = { name: '', arn: '', fullName: '' }
const entry = {
  ingress: 'front',
  loadBalancer: { name: 'web', arn: balancer.arn, fullName: 'web/50dc6c495c0c9188' },
  canaryTargetGroup: { name: 'front-canary', arn: canaryAt().arn, fullName: 'front-canary/73e2d6bc24d8a067' },
  stableTargetGroup: { name: 'front-stable', arn: stableAt().arn, fullName: 'front-stable/73e2d6bc24d8a067' },
}

describe('whether AWS is asked', () => {
  it('ALB-17: not when it is switched off, and then the status goes', () => {
    expect(verify(anAwsVerification({}, { enabled: false }))).toEqual({ events: [], status: null, unanswered: [] })
  })

  const full = { alb: entry, albs: [entry] }
  const toBeAsked = { verified: false, events: [], unanswered: [host] }
  const notAsked = { events: [], unanswered: [] }
  it.each<[string, Options, boolean]>([
    ['at a setWeight', {}, true],
    ['at another step', { steps: [pause()] }, false],
    ['at the end, with everything sent', { status: { currentStepIndex: 1 }, parts: { weight: 100 } }, true],
    ['at the end, with less', { status: { currentStepIndex: 1 }, parts: { weight: 50 } }, false],
    ['without steps, with everything sent', { steps: [], parts: { weight: 100 } }, true],
    ['when all is promoted', { status: { stableRS: 'h2' } }, false],
    ['before anything is stable', { status: { stableRS: '' } }, false],
  ])('ALB-18, CAN-94v: %s: %j %s', (_what, { status, ...options }, isAsked) => {
    const request = asked({ ...options, status: { ...full, ...status } })
    expect(verify(anAwsVerification(), request)).toEqual(isAsked ? toBeAsked : notAsked)
  })

  it.each<[RolloutStatus, boolean]>([
    [{}, true],
    [{ alb: entry }, false],
    [{ albs: [entry] }, false],
  ])('ALB-18: once after the install, for the status: %j %s', (status, isAsked) => {
    const request = asked({ steps: [pause()], status })
    expect(verify(anAwsVerification(), request)).toEqual(isAsked ? toBeAsked : notAsked)
  })

  it('ALB-18: and what it says then is kept', () => {
    const request = asked({ steps: [pause()] })
    expect(verify(answering({ loadBalancers: { [host]: balancer } }), request).status).toEqual(full)
  })

  it('ALB-20: until it has answered for every host name, nothing is verified and nothing is told', () => {
    const routes = aRouteTable([anIngress('front', host, '', other)])
    expect(verify(answering({ loadBalancers: { [host]: balancer } }), asked(), routes)).toEqual({
      verified: false,
      events: [],
      unanswered: [other],
    })
  })
})

describe('what AWS says', () => {
  it('ALB-19, ALB-21: the wanted weight is verified; load balancer and groups are in the status', () => {
    expect(verify(answering({ loadBalancers: { [host]: balancer } }))).toEqual({
      verified: true,
      events: [
        {
          type: 'Normal',
          reason: 'TargetGroupVerified',
          message: `Service web-canary (TargetGroup ${canaryAt().arn}) verified: canary weight 20 set`,
        },
      ],
      status: { alb: entry, albs: [entry] },
      unanswered: [],
    })
  })

  it('ALB-21: another weight is not; that of stable is not compared', () => {
    const odd = aLoadBalancer('web', canaryAt(10), stableAt(80))
    expect(verify(answering({ loadBalancers: { [host]: odd } }))).toMatchObject({
      verified: false,
      events: [
        {
          type: 'Warning',
          reason: 'TargetGroupUnverified',
          message: `Service web-canary (TargetGroup ${canaryAt().arn}) not verified: canary weight 20 not yet set (current: 10)`,
        },
      ],
      status: { alb: entry },
    })
    expect(verified({ [host]: aLoadBalancer('web', canaryAt(20), stableAt(3)) })).toBe(true)
  })

  it('ALB-20, ALB-21: a group that no action names says nothing, nor does one of another tag', () => {
    const unnamed = verify(answering({ loadBalancers: { [host]: aLoadBalancer('web', canaryAt()) } }))
    expect(unnamed).toMatchObject({
      verified: false,
      events: [],
      status: { alb: { canaryTargetGroup: { name: 'front-canary' } } },
    })
    const strange = aTargetGroup('x', 'shop/front-web-canary:8080', 20)
    expect(verify(answering({ loadBalancers: { [host]: aLoadBalancer('web', strange) } }))).toMatchObject({
      verified: false,
      events: [],
      status: { alb: { canaryTargetGroup: nothing } },
    })
    expect(verified({ [host]: aLoadBalancer('web', { ...canaryAt(20), tags: {} }) })).toBe(false)
  })

  it('FEA-3: the tag may have another name', () => {
    const group = { ...canaryAt(20), tags: { mine: 'shop/front-web-canary:80' } }
    const answered = { loadBalancers: { [host]: aLoadBalancer('web', group) } }
    expect(verify(anAwsVerification(answered, { tagKey: 'mine' })).verified).toBe(true)
    expect(verify(anAwsVerification(answered, { tagKey: 'toString' })).verified).toBe(false)
  })

  it('ALB-23: no load balancer yet is not verified', () => {
    const bare = { loadBalancer: nothing, canaryTargetGroup: nothing, stableTargetGroup: nothing }
    const odd = aRouteObject('ingresses', 'front', {})
    for (const ingress of [anIngress('front'), anIngress('front', ''), odd])
      expect(verify(anAwsVerification(), asked(), aRouteTable([ingress]))).toEqual({
        verified: false,
        events: [],
        status: { alb: bare, albs: [bare] },
        unanswered: [],
      })
  })

  it('ALB-20: a load balancer that AWS does not know ends it', () => {
    expect(verify(answering({ loadBalancers: { [host]: undefined } }))).toMatchObject({
      verified: false,
      events: [{ type: 'Warning', reason: 'LoadBalancerNotFound', message: `Failed to find load balancer: ${host}` }],
    })
    expect(verify(answering({ loadBalancers: { [host]: undefined } }))).not.toHaveProperty('error')
  })

  it('ALB-20, ALB-21: an error of AWS is told and ends it', () => {
    const told = (error: string) => ({
      verified: false,
      error,
      events: [
        {
          type: 'Warning',
          reason: 'TargetGroupVerifyError',
          message: `Failed to verify Service web-canary (TargetGroup unknown): ${error}`,
        },
      ],
    })
    expect(verify(answering({ loadBalancers: { [host]: failure('denied') } }))).toMatchObject({
      ...told('denied'),
      status: { alb: { loadBalancer: nothing } },
    })
    const half = { ...balancer, targetGroups: failure('slow down') }
    expect(verify(answering({ loadBalancers: { [host]: half } }))).toMatchObject({
      ...told('slow down'),
      status: { alb: { loadBalancer: entry.loadBalancer, canaryTargetGroup: nothing } },
    })
  })

  it('ALB-21: an Ingress that is not there is an error', () => {
    expect(verify(anAwsVerification(), asked(), aRouteTable([]))).toMatchObject({
      verified: false,
      error: 'ingress.networking.k8s.io "front" not found',
      events: [],
    })
  })

  it('ALB-19: names without their usual form have no full name', () => {
    const bare = { ...aLoadBalancer('web', { ...canaryAt(20), arn: 'arn:group' }), arn: 'arn:app/web' }
    expect(verify(answering({ loadBalancers: { [host]: bare } })).status).toMatchObject({
      alb: {
        loadBalancer: { arn: 'arn:app/web', fullName: '' },
        canaryTargetGroup: { arn: 'arn:group', fullName: '' },
      },
    })
  })
})

describe('several of them', () => {
  const two = asked({ config: { ingress: '', ingresses: ['front', 'side'] } })
  const both = aRouteTable([anIngress('front', host), anIngress('side', other)])
  const ofSide = (weight: number) => aLoadBalancer('side', canaryAt(weight, 'side'), stableAt(80, 'side'))

  it('ALB-19, ALB-22: every Ingress has an entry and must send the weight; the single entry is of the last', () => {
    const { verified: all, status } = verify(
      answering({ loadBalancers: { [host]: balancer, [other]: ofSide(20) } }),
      two,
      both,
    )
    expect(all).toBe(true)
    expect(status).toMatchObject({
      alb: { ingress: 'side' },
      albs: [entry, { ingress: 'side', loadBalancer: { name: 'side' } }],
    })
    expect(verified({ [host]: balancer, [other]: ofSide(10) }, two, both)).toBe(false)
    expect(verified({ [host]: aLoadBalancer('web', canaryAt(10)), [other]: ofSide(20) }, two, both)).toBe(false)
    expect(verified({ [host]: balancer, [other]: aLoadBalancer('side') }, two, both)).toBe(false)
  })

  it('ALB-19: entries that were written stay where nothing is found, and are made anew for another number of Ingresses', () => {
    const old = { ...entry, ingress: 'old' }
    const none = aRouteTable([anIngress('front'), anIngress('side')])
    const entries = (albs: unknown) =>
      verify(anAwsVerification(), { ...two, rollout: withAlbs(albs) }, none).status?.albs
    const withAlbs = (albs: unknown) => ({ ...two.rollout, status: { ...two.rollout.status, albs } })
    const fresh = { loadBalancer: nothing, canaryTargetGroup: nothing, stableTargetGroup: nothing }
    expect(entries([old, 7])).toEqual([old, fresh])
    expect(entries([old])).toEqual([fresh, fresh])
    expect(entries('x')).toEqual([fresh, fresh])
  })

  it('ALB-22: each destination must have its weight behind each Ingress', () => {
    const destinations = [{ serviceName: 'exp', podTemplateHash: 'h3', weight: 10 }]
    const request = { ...two, destinations }
    const behind = (front: number, side: number) => ({
      [host]: aLoadBalancer('web', canaryAt(20), expAt(front)),
      [other]: aLoadBalancer('side', canaryAt(20, 'side'), expAt(side, 'side')),
    })
    expect(verified(behind(10, 10), request, both)).toBe(true)
    expect(verified(behind(10, 9), request, both)).toBe(false)
    expect(verified({ ...behind(10, 10), [other]: ofSide(20) }, request, both)).toBe(false)
    const { events } = verify(answering({ loadBalancers: behind(10, 9) }), request, both)
    expect(events.map(({ message }) => message)).toEqual([
      `Service web-canary (TargetGroup ${canaryAt().arn}) verified: canary weight 20 set`,
      `Service exp (TargetGroup ${expAt(0).arn}) verified: canary weight 10 set`,
      `Service web-canary (TargetGroup ${canaryAt(0, 'side').arn}) verified: canary weight 20 set`,
      `Service exp (TargetGroup ${expAt(0, 'side').arn}) not verified: canary weight 10 not yet set (current: 9)`,
    ])
  })

  it('ALB-22: of two load balancers of an Ingress none may have another weight, and one must have it', () => {
    const routes = aRouteTable([anIngress('front', host, other)])
    const inFront = aLoadBalancer('network')
    expect(verified({ [host]: balancer, [other]: inFront }, asked(), routes)).toBe(true)
    expect(verified({ [host]: balancer, [other]: balancer }, asked(), routes)).toBe(true)
    expect(verified({ [host]: balancer, [other]: aLoadBalancer('b', canaryAt(10)) }, asked(), routes)).toBe(false)
    expect(verified({ [host]: inFront, [other]: inFront }, asked(), routes)).toBe(false)
  })

  it('ALB-20: the first that cannot be asked ends it for those after it', () => {
    const { events, status } = verify(
      answering({ loadBalancers: { [host]: undefined, [other]: ofSide(20) } }),
      two,
      both,
    )
    expect(events).toHaveLength(1)
    expect(status?.albs[1]).not.toHaveProperty('ingress')
  })
})
