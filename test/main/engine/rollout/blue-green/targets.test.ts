import { describe, expect, it } from 'vitest'
import type { Service } from '#api/core.ts'
import { reconcileRollout } from '#engine/rollout/reconcile.ts'
import type { AwsVerification, Target } from '#engine/traffic/alb/aws-answers.ts'
import { applyDecision, settlePods } from '#test/support/apply-decision.ts'
import { deployed, hash, selected, serves } from '#test/support/blue-green-journey.ts'
import { anAwsVerification } from '#test/support/builders/aws.ts'
import { aRouteObject, aRouteTable } from '#test/support/builders/routing.ts'
import type { RolloutJourney } from '#test/support/rollout-journey.ts'

const arn = 'arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/web/1'
const ids = ['10.0.0.1', '10.0.0.2']
const targets = (...found: readonly string[]): readonly Target[] => found.map((id) => ({ id, port: 8080 }))
const answering = (...found: readonly string[]): AwsVerification =>
  anAwsVerification({ targets: { [arn]: targets(...found) } })

/** Healthy on `web:1` behind a target group of AWS, and on the way to `web:2`. */
function switched(aws: AwsVerification): RolloutJourney {
  const journey = deployed({ replicas: 2 })
  const active = journey.world.services['active']
  const spec = { ...active?.spec, ports: [{ name: 'http', port: 80, targetPort: 8080 }] }
  const binding = { targetGroupARN: arn, targetType: 'ip', serviceRef: { name: 'active', port: 80 } }
  const [kind, endpoints] = aRouteObject('endpoints', 'active', undefined)
  const reached = { ...endpoints, subsets: [{ addresses: ids.map((ip) => ({ ip })) }] }
  journey.world = {
    ...journey.world,
    services: { ...journey.world.services, active: { ...active, spec } as Service },
    routes: aRouteTable([aRouteObject('targetGroupBindings', 'active', binding), [kind, reached]]),
    aws,
  }
  return rounds(journey.setImage('web:2'))
}

/** Rounds tell what AWS said again and again, so they are counted here. */
function rounds(journey: RolloutJourney): RolloutJourney {
  for (let i = 0; i < 12; i++) {
    const decision = reconcileRollout(journey.world, journey.now)
    journey.requeueAt = decision.requeueAt
    journey.events.push(...decision.writes.flatMap((write) => (write.kind === 'event' ? [write.reason] : [])))
    journey.world = settlePods(applyDecision(journey.world, decision, journey.now), journey.isReady)
  }
  return journey
}

describe('the pods of the active Service behind AWS', () => {
  it('SVC-23, BG-36: until they are all registered the update is not stable, and the old pods stay', () => {
    const journey = switched(answering('10.0.0.1'))
    expect([serves(journey), journey.status.stableRS]).toEqual(['web:2', hash(journey, 'web:1')])
    expect([journey.size('web:1'), journey.phase.split(':')[0], journey.requeueAt]).toEqual([
      2,
      'Progressing',
      journey.now + 10_000,
    ])
    expect(journey.events).toContain('TargetGroupUnverified')
    expect(journey.replicaSet('web:1').metadata.annotations).not.toHaveProperty('scale-down-deadline')
    journey.world = { ...journey.world, aws: answering(...ids) }
    rounds(journey)
    expect([journey.status.stableRS, journey.phase]).toEqual([selected(journey, 'active'), 'Healthy'])
    expect(journey.events).toContain('TargetGroupVerified')
    expect(journey.replicaSet('web:1').metadata.annotations).toHaveProperty('scale-down-deadline')
  })

  it('SVC-24, BG-36: nobody waits where that is switched off', () => {
    const journey = switched(anAwsVerification({}, { enabled: false }))
    expect([serves(journey), journey.phase]).toEqual(['web:2', 'Healthy'])
    expect(journey.events).not.toContain('TargetGroupUnverified')
  })
})
