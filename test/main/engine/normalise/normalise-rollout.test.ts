import { describe, expect, it } from 'vitest'
import type { Rollout } from '#api/rollout.ts'
import { normaliseRollout } from '#engine/normalise/normalise-rollout.ts'

const raw = (spec: unknown, status?: unknown) =>
  ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', labels: { a: 'b' } },
    spec,
    ...(status !== undefined && { status }),
  }) as Rollout

describe('normaliseRollout', () => {
  it('REC-20: keeps what the API knows, in canonical text', () => {
    const spec = {
      replicas: 0,
      paused: false,
      restartAt: '2026-01-15T11:00:00+01:00',
      template: { spec: { containers: [{ name: 'a', resources: { limits: { cpu: '2000m' } } }] } },
      strategy: { canary: { steps: [{ setWeight: 0 }, { pause: {} }], maxSurge: '25%', maxUnavailable: 0 } },
    }
    const { rollout, droppedPaths } = normaliseRollout(raw(spec))
    expect(rollout.spec).toEqual({
      replicas: 0,
      restartAt: '2026-01-15T10:00:00Z',
      template: { spec: { containers: [{ name: 'a', resources: { limits: { cpu: '2' } } }] } },
      strategy: { canary: { steps: [{ setWeight: 0 }, { pause: {} }], maxSurge: '25%', maxUnavailable: 0 } },
    })
    expect(rollout.metadata.labels).toEqual({ a: 'b' })
    expect(droppedPaths).toEqual([])
  })

  it('OPS-83: names the paths of unknown fields and of values it could not read', () => {
    const spec = {
      replicas: 'three',
      colour: 'red',
      template: {
        spec: {
          containers: [{ name: 'a', ports: [{ containerPort: 'http' }], resources: { limits: { cpu: 'much' } } }],
        },
      },
      strategy: { canary: { steps: 'none' } },
    }
    const { rollout, droppedPaths, malformedPaths } = normaliseRollout(raw(spec))
    expect(rollout.spec).toEqual({
      template: { spec: { containers: [{ name: 'a', ports: [{}], resources: { limits: { cpu: '0' } } }] } },
      strategy: { canary: {} },
    })
    expect(malformedPaths).toEqual([
      'spec.replicas',
      'spec.template.spec.containers[0].ports[0].containerPort',
      'spec.template.spec.containers[0].resources.limits["cpu"]',
      'spec.strategy.canary.steps',
    ])
    expect(droppedPaths).toEqual(['spec.colour', ...malformedPaths])
  })

  it.each([undefined, null, 'text', [], 7])('OPS-80: a spec of %j gives an empty spec, not an error', (spec) => {
    expect(normaliseRollout(raw(spec)).rollout.spec).toEqual({})
  })

  it('REC-20: zero status fields vanish but weights and step index 0 stay (API-232)', () => {
    const status = {
      abort: false,
      replicas: 0,
      currentStepIndex: 0,
      stableRS: '',
      pauseConditions: [],
      canary: { weights: { canary: { weight: 0 }, stable: { weight: 100 } } },
      HPAReplicas: 3,
      novelty: 1,
    }
    const { rollout, droppedPaths } = normaliseRollout(raw({}, status))
    expect(rollout.status).toEqual({
      currentStepIndex: 0,
      canary: { weights: { canary: { weight: 0 }, stable: { weight: 100 } } },
      HPAReplicas: 3,
    })
    expect(droppedPaths).toEqual(['status.novelty'])
  })

  it('REC-20: reading a normalised Rollout again changes nothing', () => {
    const spec = { template: { metadata: { labels: {} }, spec: { containers: [{ name: 'a', env: [], image: 'x' }] } } }
    const once = normaliseRollout(raw(spec)).rollout
    expect(normaliseRollout(once)).toEqual({ rollout: once, droppedPaths: [], malformedPaths: [] })
  })
})
